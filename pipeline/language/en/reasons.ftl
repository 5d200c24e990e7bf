# Reasons: one sentence per feature, with the customer's own numbers; and why a probability is uncertain.
# A value $x comes in words with its unit ("74 days"), as $x_of in the genitive, as $x_size without its sign, as
# $x_figure without its unit, as $x_number for plural forms, and as $x_way: up, down or same. A thing $thing has
# $thing_a, $thing_many, $thing_few, $thing_of and $thing_last. $window is "in the last 28 days".

unit-days = { $number ->
    [one] { $days } day
   *[other] { $days } days
}
unit-days-of = { $number ->
    [one] { $days } day
   *[other] { $days } days
}
unit-window = { $number ->
    [one] in the last day
   *[other] in the last { $days }
}
unit-window-ever = so far

# Titles of the topics that reasons are added up by.
family-silence = Time since they last came
family-pace = How often they come
family-spend = How much they spend
family-interest = Visits and other interest
family-trouble = Returns and problems
family-history = Their history as a customer
family-opinion = Their ratings
family-standing = Balances and prices
family-term = Their contract
family-profile = Who they are

# Silence
reason-silent-usually = No { $thing } for { $days }; usually { $gap_number ->
    [1] every day
   *[other] every { $gap }
}
reason-overdue = No { $thing } for { $days }, { $times } times the usual { $gap }
reason-silent-spread = No { $thing } for { $days }; usually every { $gap }, give or take { $spread }
reason-silent-longest = No { $thing } for { $days }; the longest break so far was { $longest }
reason-last = Last { $thing } { $days } ago
reason-never = No { $thing } on record
reason-usual-gap = Usually { $thing_a } { $gap_number ->
    [1] every day
   *[other] every { $gap }
}
reason-gap-spread = The time between { $thing_many } varies by { $days }
reason-newest-gap = { $newest } between the last two days with { $thing_a }; usually { $gap }
reason-longest-gap = The longest break so far was { $days }
reason-gap-window = { $thing_a } { $gap_number ->
    [1] every day
   *[other] every { $gap }
} { $window }
reason-only-day = Only one day with { $thing_a } so far
reason-few-days = Fewer than three days with { $thing_a } so far
reason-few-days-window = Fewer than two days with { $thing_a } { $window }

# Pace, interest and trouble
reason-count = { $n_number ->
    [0] No { $thing_many }
    [one] { $n } { $thing }
   *[other] { $n } { $thing_many }
} { $window }
reason-active-days = { $days_number ->
    [0] No day
   *[other] { $days }
} with { $thing_a } { $window }
reason-none-in-window = No { $thing_many } { $window }
reason-share-of-both = { $share_number ->
    [0] No { $other_many } { $window }
   *[other] { $share } of { $thing_many } and { $other_many } { $window } were { $other_many }
}
reason-neither = No { $thing_many } or { $other_many } { $window }
reason-trend-counts = { $all_number ->
    [1] The only { $thing } { $older } { $n_number ->
        [0] was not { $newer }
       *[other] was { $newer }
    }
   *[other] { $n_number ->
        [0] None of the { $all } { $thing_many } { $older } were { $newer }
        [one] { $n } of the { $all } { $thing_many } { $older } was { $newer }
       *[other] { $n } of the { $all } { $thing_many } { $older } were { $newer }
    }
}
reason-trend-share = { $share_number ->
    [0] None
    [1] All
   *[other] { $share }
} of the { $thing_many } { $older } were { $newer }

# Spend
reason-amount = { $thing_many } worth { $amount } { $window }
reason-amount-size = { $thing_many } worth { $amount_size } { $window }
reason-amount-mean = An average { $thing } is worth { $amount_size }
reason-amount-last = The last { $thing } was worth { $amount_size }
reason-no-amount = No { $thing } with an amount so far
reason-net = Net spend of { $amount } { $window }
reason-net-unknown = Net spend is not known

# History
reason-none = No single thing stands out
reason-first = First { $thing } { $days } ago
reason-so-far = Customer for { $days }, { $n_number ->
    [one] { $n } { $thing }
   *[other] { $n } { $thing_many }
} so far
reason-second-day = The second day with { $thing_a } came after { $days }
reason-no-second-day = No second day with { $thing_a } yet
reason-first-weeks = { $n } { $n_number ->
    [one] { $thing }
   *[other] { $thing_many }
} in the first { $weeks_days } as a customer
reason-comebacks = { $n_number ->
    [0] No long break so far
    [1] Came back once after a long break
   *[other] Came back { $n } times after a long break
}
reason-spell = Active without a long break for { $days }
reason-observed = At least { $days } of records
reason-observed-unknown = How far the records reach back is not known

# Opinion and standing
reason-score-last = The last { $thing } was { $score }
reason-score-none = No { $thing } with a score so far
reason-score-change = The last { $thing } was { $change_way ->
    [up] { $change_size } higher than the one before
    [down] { $change_size } lower than the one before
   *[same] the same as the one before
}
reason-score-few = Fewer than two { $thing_many } with a score
reason-score-mean = Average { $thing } of { $score } { $window }
reason-score-none-in-window = No { $thing } with a score { $window }
reason-level-last = { $name } stands at { $level }
reason-level-none = No { $name } on record
reason-level-steady = { $name } has not changed for { $days }
reason-level-change = { $name } { $change_way ->
    [up] rose by { $change_size }
    [down] fell by { $change_size }
   *[same] did not change
} { $window }
reason-level-none-before = No { $name } { $window_days } ago

# Profile
reason-attribute-number = { $name } is { $level }
reason-attribute-value = { $name } { $flag_number ->
    [0] is not
   *[other] is
} { $value }
reason-attribute-unknown = { $name } is not known

# Term
reason-relation = A customer without a break for { $days }
reason-departures = { $n_number ->
    [0] Has never left before
    [1] Has left once before
   *[other] Has left { $n } times before
}
reason-cancelled = { $flag_number ->
    [0] Active again after the last { $thing } { $days } ago
   *[other] Last { $thing } { $days } ago, paid until the term runs out
}
reason-runs-out = Runs out { $days_number ->
    [0] today
   *[other] in { $days }
}
reason-ran-out = Ran out { $days } ago and is not renewed
reason-ran-out-grace = Ran out { $days } ago and is not renewed; { $grace } of grace left
reason-term = The last { $thing } was for { $days }
reason-term-unknown = When the term runs out is not known
reason-renewals = { $n_number ->
    [0] Not renewed yet
    [one] { $n } renewal so far
   *[other] { $n } renewals so far
}
reason-renewed-late = { $share_number ->
    [0] No renewal came late so far
    [1] Every renewal so far came late
   *[other] { $share } of the renewals so far came late
}
reason-days-late = Renews { $days_number ->
    [0] on time
   *[other] { $days } late on average
}
reason-not-renewed = Not renewed yet

# Why a probability is uncertain
uncertain-known-for-days = { $days_number ->
    [0] Known since today only, active on one day
   *[other] Known for { $days } only, active on one
}
uncertain-estimates-differ = Hard to tell: the estimates range from { $low } to { $high }

# An event whose type has no word below. English says the type itself.
event-named = { $name }
    .many = { $name }
    .few = { $name }
    .of = { $name }
    .last = { $name }

# Things by the name of their event type, attribute or state: one, several, with 2 to 4, of several, the last one.
role-activity = activity
    .many = activities
    .few = activities
    .of = activities
    .last = last activity
    .a = a sign of activity
role-engagement = sign of interest
    .many = signs of interest
    .few = signs of interest
    .of = signs of interest
    .last = last sign of interest
role-friction = problem
    .many = problems
    .few = problems
    .of = problems
    .last = last problem
role-cancellation = cancellation
    .many = cancellations
    .few = cancellations
    .of = cancellations
    .last = last cancellation
thing-purchase = purchase
    .many = purchases
    .few = purchases
    .of = purchases
    .last = last purchase
thing-order = order
    .many = orders
    .few = orders
    .of = orders
    .last = last order
thing-return = return
    .many = returns
    .few = returns
    .of = returns
    .last = last return
thing-refund = refund
    .many = refunds
    .few = refunds
    .of = refunds
    .last = last refund
thing-payment = payment
    .many = payments
    .few = payments
    .of = payments
    .last = last payment
thing-transaction = transaction
    .many = transactions
    .few = transactions
    .of = transactions
    .last = last transaction
thing-deposit = deposit
    .many = deposits
    .few = deposits
    .of = deposits
    .last = last deposit
thing-withdrawal = withdrawal
    .many = withdrawals
    .few = withdrawals
    .of = withdrawals
    .last = last withdrawal
thing-renewal = renewal
    .many = renewals
    .few = renewals
    .of = renewals
    .last = last renewal
thing-subscription = subscription
    .many = subscriptions
    .few = subscriptions
    .of = subscriptions
    .last = last subscription
thing-cancel = cancellation
    .many = cancellations
    .few = cancellations
    .of = cancellations
    .last = last cancellation
thing-unsubscribe = unsubscribe
    .many = unsubscribes
    .few = unsubscribes
    .of = unsubscribes
    .last = last unsubscribe
thing-visit = visit
    .many = visits
    .few = visits
    .of = visits
    .last = last visit
thing-session = session
    .many = sessions
    .few = sessions
    .of = sessions
    .last = last session
thing-page_view = page view
    .many = page views
    .few = page views
    .of = page views
    .last = last page view
thing-view = view
    .many = views
    .few = views
    .of = views
    .last = last view
thing-login = login
    .many = logins
    .few = logins
    .of = logins
    .last = last login
thing-search = search
    .many = searches
    .few = searches
    .of = searches
    .last = last search
thing-add_to_cart = addition to the cart
    .many = additions to the cart
    .few = additions to the cart
    .of = additions to the cart
    .last = last addition to the cart
thing-open = open
    .many = opens
    .few = opens
    .of = opens
    .last = last open
thing-click = click
    .many = clicks
    .few = clicks
    .of = clicks
    .last = last click
thing-campaign_received = campaign received
    .many = campaigns received
    .few = campaigns received
    .of = campaigns received
    .last = last campaign received
thing-coupon_redeem = coupon redeemed
    .many = coupons redeemed
    .few = coupons redeemed
    .of = coupons redeemed
    .last = last coupon redeemed
thing-booking = booking
    .many = bookings
    .few = bookings
    .of = bookings
    .last = last booking
thing-trip = trip
    .many = trips
    .few = trips
    .of = trips
    .last = last trip
thing-lesson = lesson
    .many = lessons
    .few = lessons
    .of = lessons
    .last = last lesson
thing-download = download
    .many = downloads
    .few = downloads
    .of = downloads
    .last = last download
thing-ticket = ticket
    .many = tickets
    .few = tickets
    .of = tickets
    .last = last ticket
thing-complaint = complaint
    .many = complaints
    .few = complaints
    .of = complaints
    .last = last complaint
thing-call = call
    .many = calls
    .few = calls
    .of = calls
    .last = last call
thing-chat = chat
    .many = chats
    .few = chats
    .of = chats
    .last = last chat
thing-message = message
    .many = messages
    .few = messages
    .of = messages
    .last = last message
thing-review = review
    .many = reviews
    .few = reviews
    .of = reviews
    .last = last review
thing-rating = rating
    .many = ratings
    .few = ratings
    .of = ratings
    .last = last rating
thing-survey = survey
    .many = surveys
    .few = surveys
    .of = surveys
    .last = last survey
thing-nps = NPS rating
    .many = NPS ratings
    .few = NPS ratings
    .of = NPS ratings
    .last = last NPS rating
thing-csat = CSAT rating
    .many = CSAT ratings
    .few = CSAT ratings
    .of = CSAT ratings
    .last = last CSAT rating
thing-invoice = invoice
    .many = invoices
    .few = invoices
    .of = invoices
    .last = last invoice
thing-delivery = delivery
    .many = deliveries
    .few = deliveries
    .of = deliveries
    .last = last delivery
thing-balance = balance
    .many = balances
    .few = balances
    .of = balances
    .last = last balance
thing-points = points balance
    .many = points balances
    .few = points balances
    .of = points balances
    .last = last points balance
thing-price = price
    .many = prices
    .few = prices
    .of = prices
    .last = last price
thing-plan = plan
    .many = plans
    .few = plans
    .of = plans
    .last = last plan
thing-plan_price = plan price
    .many = plan prices
    .few = plan prices
    .of = plan prices
    .last = last plan price
thing-country = country
    .many = countries
    .few = countries
    .of = countries
    .last = last country
thing-city = city
    .many = cities
    .few = cities
    .of = cities
    .last = last city
thing-age = age
    .many = ages
    .few = ages
    .of = ages
    .last = last age
thing-segment = segment
    .many = segments
    .few = segments
    .of = segments
    .last = last segment
thing-channel = channel
    .many = channels
    .few = channels
    .of = channels
    .last = last channel
thing-store = store
    .many = stores
    .few = stores
    .of = stores
    .last = last store
thing-buy = { thing-purchase }
    .many = { thing-purchase.many }
    .few = { thing-purchase.few }
    .of = { thing-purchase.of }
    .last = { thing-purchase.last }
thing-sale = { thing-purchase }
    .many = { thing-purchase.many }
    .few = { thing-purchase.few }
    .of = { thing-purchase.of }
    .last = { thing-purchase.last }
thing-order_placed = { thing-order }
    .many = { thing-order.many }
    .few = { thing-order.few }
    .of = { thing-order.of }
    .last = { thing-order.last }
thing-pay = { thing-payment }
    .many = { thing-payment.many }
    .few = { thing-payment.few }
    .of = { thing-payment.of }
    .last = { thing-payment.last }
thing-log_in = { thing-login }
    .many = { thing-login.many }
    .few = { thing-login.few }
    .of = { thing-login.of }
    .last = { thing-login.last }
thing-logon = { thing-login }
    .many = { thing-login.many }
    .few = { thing-login.few }
    .of = { thing-login.of }
    .last = { thing-login.last }
thing-renew = { thing-renewal }
    .many = { thing-renewal.many }
    .few = { thing-renewal.few }
    .of = { thing-renewal.of }
    .last = { thing-renewal.last }
thing-subscribe = { thing-subscription }
    .many = { thing-subscription.many }
    .few = { thing-subscription.few }
    .of = { thing-subscription.of }
    .last = { thing-subscription.last }
thing-cancellation = { thing-cancel }
    .many = { thing-cancel.many }
    .few = { thing-cancel.few }
    .of = { thing-cancel.of }
    .last = { thing-cancel.last }
thing-cancelled = { thing-cancel }
    .many = { thing-cancel.many }
    .few = { thing-cancel.few }
    .of = { thing-cancel.of }
    .last = { thing-cancel.last }
thing-email_open = { thing-open }
    .many = { thing-open.many }
    .few = { thing-open.few }
    .of = { thing-open.of }
    .last = { thing-open.last }
thing-e_mail_open = { thing-open }
    .many = { thing-open.many }
    .few = { thing-open.few }
    .of = { thing-open.of }
    .last = { thing-open.last }
thing-email_click = { thing-click }
    .many = { thing-click.many }
    .few = { thing-click.few }
    .of = { thing-click.of }
    .last = { thing-click.last }
thing-e_mail_click = { thing-click }
    .many = { thing-click.many }
    .few = { thing-click.few }
    .of = { thing-click.of }
    .last = { thing-click.last }
thing-support_ticket = { thing-ticket }
    .many = { thing-ticket.many }
    .few = { thing-ticket.few }
    .of = { thing-ticket.of }
    .last = { thing-ticket.last }
thing-ticket_opened = { thing-ticket }
    .many = { thing-ticket.many }
    .few = { thing-ticket.few }
    .of = { thing-ticket.of }
    .last = { thing-ticket.last }
thing-loyalty_points = { thing-points }
    .many = { thing-points.many }
    .few = { thing-points.few }
    .of = { thing-points.of }
    .last = { thing-points.last }
thing-nps_score = { thing-nps }
    .many = { thing-nps.many }
    .few = { thing-nps.few }
    .of = { thing-nps.of }
    .last = { thing-nps.last }
thing-pageview = { thing-page_view }
    .many = { thing-page_view.many }
    .few = { thing-page_view.few }
    .of = { thing-page_view.of }
    .last = { thing-page_view.last }
thing-ride = { thing-trip }
    .many = { thing-trip.many }
    .few = { thing-trip.few }
    .of = { thing-trip.of }
    .last = { thing-trip.last }
thing-reservation = { thing-booking }
    .many = { thing-booking.many }
    .few = { thing-booking.few }
    .of = { thing-booking.of }
    .last = { thing-booking.last }
