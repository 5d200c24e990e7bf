# The page: its five sentences first. [fewer]: a group that is too small to be told in a page that is mailed.
n-customers = { $customers ->
    [fewer] fewer than { $least } customers
    [one] { $customers } customer
   *[other] { $customers } customers
}
n-active = { $customers ->
    [fewer] fewer than { $least } active customers
    [one] { $customers } active customer
   *[other] { $customers } active customers
}
n-days = { $days ->
    [one] { $days } day
   *[other] { $days } days
}
n-last-days = { $days ->
    [one] last day
   *[other] last { $days } days
}
n-weeks = { $weeks ->
    [one] { $weeks } week
   *[other] { $weeks } weeks
}
n-past-dates = { $origins ->
    [one] { $origins } past date
   *[other] { $origins } past dates
}
n-points = { $points ->
    [one] { $points } point
   *[other] { $points } points
}
fewer-than = fewer than { $least }

hidden = not shown

five-data = The data run up to { $newest } and { $usable } of their rows could be used; of { n-active } we expect to lose about { $leavers } by { $end } (with 95% certainty between { $low } and { $high }), where leaving means { $leaving }.
five-data-nobody = The data run up to { $newest } and { $usable } of their rows could be used; there are no active customers, so nobody can be lost by { $end }, where leaving means { $leaving }.
leaving-inactivity = no { $activity } for { n-days } from { $start }
leaving-cancellation = cancelling within { n-days } from { $start }
leaving-lapse = a renewal that does not come, not even { n-grace } late, within { n-days } from { $start }
n-grace = { $grace ->
    [one] { $grace } day
   *[other] { $grace } days
}

five-contact = Contact { n-customers } ({ $stake }), { $when }; do not contact: { $left }.
five-contact-all = Contact { n-customers } ({ $stake }), { $when }; nobody else who is at risk is left out.
five-contact-nobody = Nobody is to be contacted this week; left alone are: { $left }.
five-contact-nobody-at-all = Nobody is to be contacted this week, since nobody is at risk.
when-one = by { $last }
when-two = the first by { $first } and the last by { $last }
stake-revenue = { $amount } of revenue is at risk
stake-margin = { $amount } of margin is at risk
stake-hidden = the amount is not shown for so small a group
stake-unknown = amounts are not shown: { $why }; how often somebody is active stands in for value
withheld-no_amounts = the data have none
withheld-too_few = too few customers have spent to forecast what they will spend
withheld-not_better_than_last_period = our forecast of spending is no better than the last period repeated
withheld-not_better_than_bgnbd_gamma_gamma = our forecast of spending is no better than a simple textbook one
withheld-total_off = our forecast of spending missed the total on past dates
left-holdout = { $customers ->
    [fewer] fewer than { $least } held back to measure what contacting brings
    [some] some held back to measure what contacting brings
   *[other] { $customers } held back to measure what contacting brings
}
left-cool_down = { $customers ->
    [fewer] fewer than { $least } contacted in the { n-last-days }
    [some] some contacted in the { n-last-days }
   *[other] { $customers } contacted in the { n-last-days }
}
left-over_capacity = { $customers ->
    [fewer] fewer than { $least } beyond what the team can do this week
    [some] some beyond what the team can do this week
   *[other] { $customers } beyond what the team can do this week
}
left-objected = { $customers ->
    [fewer] fewer than { $least } who do not want to be contacted
    [some] some who do not want to be contacted
    [one] { $customers } who does not want to be contacted
   *[other] { $customers } who do not want to be contacted
}
left-value_below_cost = { $customers ->
    [fewer] fewer than { $least } where it would cost more than it brings
    [some] some where it would cost more than it brings
   *[other] { $customers } where it would cost more than it brings
}

n-contacts = { $capacity ->
    [one] { $capacity } contact
   *[other] { $capacity } contacts
}
five-rule-more = With { n-contacts } this list finds { $model } leavers where today's rule (silent for { n-days }) finds { $rule }: { $more } more, with 95% certainty between { $low } and { $high } more, on average over { n-past-dates }.
five-rule-fewer = With { n-contacts } this list finds { $model } leavers where today's rule (silent for { n-days }) finds { $rule }: { $more } fewer, with 95% certainty between { $low } and { $high } fewer, on average over { n-past-dates }, so use the rule.
five-rule-same = With { n-contacts } this list finds { $model } leavers and today's rule (silent for { n-days }) finds { $rule }, on average over { n-past-dates }: no difference is shown, since chance alone could explain it ({ $low } to { $high }).
five-rule-unknown = Whether this list finds more leavers than today's rule cannot be said yet: there is no past date with a known outcome on which to compare the two.

five-said-test-kept = Tried out on { $day }, the newest date whose outcome is known, we said that { $promised } of { n-customers } would leave and { $realised } did ({ $low } to { $high } allowing for chance), so the promise was kept; grade { $letter }: { $why }.
five-said-test-missed = Tried out on { $day }, the newest date whose outcome is known, we said that { $promised } of { n-customers } would leave and { $realised } did ({ $low } to { $high } allowing for chance), so the promise was missed; grade { $letter }: { $why }.
five-said-list-kept = In the list of { $day } we said that { $promised } of { n-customers } would leave and { $realised } did ({ $low } to { $high } allowing for chance), so the promise was kept; grade { $letter }: { $why }.
five-said-list-missed = In the list of { $day } we said that { $promised } of { n-customers } would leave and { $realised } did ({ $low } to { $high } allowing for chance), so the promise was missed; grade { $letter }: { $why }.
five-said-nothing = No promise of ours has come due yet; grade { $letter }: { $why }.
five-said-no-grade = No promise of ours has come due yet, and nothing has been graded.
grade-beats = it predicts better than { $best }
grade-level = { $best } would do as well
grade-worse = { $best } predicts better
grade-unknown = it could not be compared with { $best }
grade-close = what it says and what happens differ by { n-points } on average, which chance can explain
grade-near = what it says and what happens differ by only { n-points } on average
grade-off = what it says and what happens differ by { n-points } on average, more than chance explains
grade-why = { $against }, and { $held }
grade-why-few = { $against }, { $held }, and too few customers have been seen to be surer
best-base_rate = one rate for everybody
best-recency_rule = the rule “silent for { n-days }”
best-rfm_logistic = a simple score of recency, frequency and spending
best-bgnbd = the textbook forecast of repeat purchases

five-achieved-not_proven = What contacting achieves is not proven yet: with { $contact } contacted and { $holdout } held back this list can show it only if contacting lowers the share of leavers (expected: { $rate }) by { n-points } or more, and for half of that it takes about { n-weeks } of such lists.
five-achieved-not_proven-never = What contacting achieves is not proven yet: with { $contact } contacted and { $holdout } held back this list can show it only if contacting lowers the share of leavers (expected: { $rate }) by { n-points } or more, and half of that could not be shown in ten years of such lists.
five-achieved-no_holdout = What contacting achieves is not proven and cannot be with this list: it takes customers who are contacted and others who are held back, and here { $contact } are contacted and { $holdout } held back.
