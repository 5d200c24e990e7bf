# How many customers stay: figures of whole months and of customers by the month in which they joined.
kpi-title = How many customers stay
kpi-customer-inactivity = A customer is somebody who was active in the { n-last-days } before the day in question; whoever was silent for longer counts as lost.
kpi-customer-cancellation = A customer is somebody who has joined and has not cancelled; whoever has cancelled counts as lost.
kpi-customer-lapse = A customer is somebody whose last renewal has not run out, a delay of { n-grace } included; whoever does not renew counts as lost.
kpi-no-month = No month is complete yet, so there are no monthly figures to show.
kpi-short = The data begin in { $month }: customers of earlier times are missing or look new, so these figures are only a first idea.

kpi-head-title = The newest complete month
kpi-measure = Figure
kpi-year = Last 12 months
kpi-customers_start = Customers at the start
kpi-new = New customers
kpi-reactivated = Customers who came back
kpi-lost = Customers lost
kpi-customers_end = Customers at the end
kpi-retention_rate = Retention rate
kpi-churn_rate = Share of customers lost
kpi-reactivation_rate = Share of lost customers won back
kpi-repeat_purchase_rate = Repeat purchase rate
kpi-returning_buyers_share = Buyers who had bought before
kpi-purchase_frequency = Purchases per buyer
kpi-average_order_value = Average order value
kpi-days_between_purchases_median = Typical days between purchases
kpi-lifetime_value = Spent so far, per customer
kpi-lifetime_value_net = Spent so far, per customer, less returns
kpi-nps = NPS
kpi-csat = CSAT

kpi-months-title = Month by month
kpi-month = Month
kpi-start = At the start
kpi-end = At the end
kpi-new-short = New
kpi-reactivated-short = Came back
kpi-lost-short = Lost

kpi-cohorts-title = Share of customers active again, by the month in which they joined
kpi-cohorts-about = Each row follows the customers who joined in one month: of 100 of them, so many were active in the first, second and later months after it.
kpi-cohorts-across = Months since they joined
kpi-joined = Joined
kpi-customers = Customers
kpi-after = { $months ->
    [one] after { $months } month
   *[other] after { $months } months
}
kpi-value-title = What customers have spent, by the month in which they joined
kpi-value-about = All amounts up to the end of the newest complete month ({ $month }).
kpi-spent = Spent each
kpi-spent-net = Less returns
kpi-still = Still customers
kpi-today = { $customers ->
    [fewer] Today’s customers are too few for their spending to be shown.
    [one] { $customers } customer of { $day } has spent { $spent } so far; we expect about { $more } more in the next { n-days }, { $total } in all. What comes after that is not counted.
   *[other] The { $customers } customers of { $day } have spent { $spent } each so far; we expect about { $more } more each in the next { n-days }, { $total } in all. What comes after that is not counted.
}

kpi-promised = On { $date } we said that { $promised } of { n-customers } would leave within { n-days }; counted again in the same way, { $realised } of { kpi-n-counted } did.
kpi-n-counted = { $counted ->
    [fewer] fewer than { $least }
   *[other] { $counted }
}
kpi-promised-hidden = What we said on { $date } is not shown: too few customers left or stayed.
kpi-promised-sample = Our forecast was tried out on a part of the customers ({ $share }) only, so the numbers of customers differ.
kpi-apart-inactivity = The share lost in one month ({ $churn } in { $month }) is another figure: it counts customers only once they have been silent for { n-days }, and only those of that month.
kpi-apart-other = The share lost in one month ({ $churn } in { $month }) is another figure: it counts those who left in that month only.

kpi-word-retention = Retention rate
kpi-word-retention-text = Of the customers at the start, the share who are customers at the end: customers at the end less those who are new or came back, divided by customers at the start. 1,000 at the start, 900 at the end and 200 of these new or back make 70%.
kpi-word-churn = Share of customers lost
kpi-word-churn-text = The rest: of the customers at the start, the share who are not customers at the end.
kpi-word-back = Customers who came back
kpi-word-back-text = They were lost at the start and are customers again at the end.
kpi-word-repeat = Repeat purchase rate
kpi-word-repeat-text = Of those who bought in the 365 days up to the end, the share who bought at least twice.
kpi-word-between = Typical days between purchases
kpi-word-between-text = Half of the gaps between two purchases of a customer are shorter, half are longer; those who never came back have no gap.
kpi-word-value = Spent so far, per customer
kpi-word-value-text = All that was ever spent, divided by all customers there ever were, lost ones included.
kpi-word-nps = NPS
kpi-word-nps-text = Would you recommend us, 0 to 10: the share of 9 and 10 less the share of 0 to 6, from −100 to 100.
kpi-word-csat = CSAT
kpi-word-csat-text = Are you satisfied, 1 to 5: the share of 4 and 5.
