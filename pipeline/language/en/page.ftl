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
signed-points = { $change } points
fewer-than = fewer than { $least }

not-shown = not shown

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
    [fewer] fewer than { $least } contacted or held back in the { n-last-days }
    [some] some contacted or held back in the { n-last-days }
   *[other] { $customers } contacted or held back in the { n-last-days }
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
five-said-alone-kept = In the list of { $day } we said that { $promised } of { n-customers } left alone would leave and { $realised } did ({ $low } to { $high } allowing for chance), so the promise was kept; grade { $letter }: { $why }.
five-said-list-missed = In the list of { $day } we said that { $promised } of { n-customers } would leave and { $realised } did ({ $low } to { $high } allowing for chance), so the promise was missed; grade { $letter }: { $why }.
five-said-alone-missed = In the list of { $day } we said that { $promised } of { n-customers } left alone would leave and { $realised } did ({ $low } to { $high } allowing for chance), so the promise was missed; grade { $letter }: { $why }.
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

# The page around the sentences.
page-title = Customers about to leave: list of { $day }
page-label = Personal data, internal
page-label-mailed = No single customers, no group of fewer than { $least }
page-valid = Valid until { $until }. The risk is that of leaving by { $end }.
page-stale = Out of date
page-stale-text = This list was valid until { $since }. The newer one was not published because it did not pass its checks ({ $failed }). Do not contact anybody from this list before the data team has looked at it.
page-expired = Past its date
page-expired-text = This list was valid until { $until }. Use the next one.
page-skip = Skip to the list
page-skip-content = Skip to the answers
page-warnings = Good to know
check-freshness = the data are too old
check-population = the number of customers has jumped
check-bands = the shares of high, medium and low have jumped
check-duplicates = customers stand on it twice
check-complete = customers are missing
check-probabilities = chances of leaving that cannot be
check-suppression = somebody who must not be contacted would be
check-sums = its figures do not add up
check-not_older = it would be older than the present one
check-not_all_equal = all customers have the same chance of leaving
check-objectors = customers who object to profiling stand on it
check-manifest = its files are damaged

page-questions = Five questions, five answers
question-data = How many customers will we lose?
question-contact = Whom do we contact, and by when?
question-rule = Is this better than today’s rule?
question-said = Did what we said last time come true?
question-achieved = What has contacting achieved?

tile-customers = Active customers
tile-customers-inactivity = { $lapsed } more have already gone quiet
tile-customers-cancellation = { $lapsed } more have already cancelled
tile-customers-lapse = { $lapsed } more have already lapsed
tile-band = { $band } risk
tile-band-note = to contact: { $contact }
tile-revenue = Revenue at risk
tile-margin = Margin at risk
tile-value-note = if nothing is done, by { $end }
tile-value-none = not shown
tile-leavers = Expected to leave
tile-leavers-value = ≈ { $leavers }
tile-leavers-note = { $low } to { $high }, by { $end }
tile-promise = Last promise
tile-promise-kept = Kept
tile-promise-missed = Missed
tile-promise-none = Not due yet
tile-promise-note = said { $promised }, came { $realised }

plot-risk = How the risk is spread
plot-risk-about = Bars: active customers by their chance of leaving. Dashed lines: where medium and high begin.
plot-customers = Customers
plot-revenue = Where the revenue at risk lies
plot-margin = Where the margin at risk lies
plot-frequency = Where the customers are
plot-hidden = Bars of fewer than { $least } customers, and those by which they could be worked out, are not drawn.
plot-numbers = The numbers
plot-chance = Chance of leaving
plot-range = { $from } to { $to }

list-title = The top of the list
list-caption = Customers, most urgent first
list-all = All { n-customers } of the list, most urgent first.
list-top = The { $shown } most urgent of { n-customers }, so that this page opens at once; the workbook and the contact files hold all.
list-filter = Find and filter
list-search = Find a customer
list-any = All
list-yes = Yes, contact
list-no = No, leave alone
list-sort = Sort by
list-reset = Reset
list-found = Customers found: { $found }. To contact: { $yes }. To leave alone: { $no }.
list-warning = Careful: { $no } of those found must not be contacted, { $holdout } of them because they are held back for comparison. The download leaves them all out.
list-warning-others = Of those found { $no } must not be contacted. The download leaves them out.
list-download = Download { $yes } to contact (CSV)
list-download-about = The file holds those to contact among the customers found, and nobody else: customer number as it came, action, channel, day, risk, tier and main reason.
list-stale-download = Not available: the list is out of date.
list-more = Show more
list-empty = No customer fits.
list-empty-here = No customer on this page fits. The others of the list are in the workbook.
list-no-customers = There is no customer on this list.
list-nojs = Search, filters and download need JavaScript. Without it you see the first { n-customers }.
list-details = Details
list-why = Why
list-act = What to do
list-activity = Activity in the last 52 weeks
list-activity-sum = Events: { $events }; weeks with activity: { $active } of 52
list-ago = 52 weeks ago
list-now = now

why-title = Why, in total
why-about = Customers at high risk, each counted once under the main reason.
why-reason = Main reason
why-high = Share of them
why-revenue = Revenue at risk
why-margin = Margin at risk
why-value = Share of that
why-none = No reasons were worked out for this list.
why-nobody = Nobody is at high risk this week. The list has each customer’s own reasons, where there are any.

moves-title = Since the list of { $day }
moves-none-title = Since last time
moves-none = There is no earlier list to compare with.
moves-what = What happened
moves-new = New on the list
moves-back = Back on the list
moves-left = No longer on it
moves-up = Risk went up
moves-down = Risk went down
moves-same = Unchanged
moves-contacted = Were to be contacted
moves-causes = Why customers moved up or down
moves-cause = Cause
moves-banded-up = Up
moves-banded-down = Down
cause-data = What customers did or did not do
cause-model = A newer forecast
cause-calibration = Forecast matched anew with what happened
cause-cut = Changed rules for high, medium and low
moves-mean = On average the chance of leaving changed by { $change } points: { $data } from customers, { $model } from a newer forecast, { $calibration } from matching it anew.
moves-mean-only = On average the chance of leaving changed by { $change } points.

week-title = This week
contact-title = Whom to contact
contact-action = Action
contact-by = By
contact-expected = Expected to leave
contact-revenue = Revenue at risk
contact-margin = Margin at risk
contact-all = All to contact
left-title = Whom to leave alone, and why
left-why = Reason
left-customers = Customers
left-band = Risk

contact-pays = Pays if it saves
contact-one-in = 1 in { $one_in }
cut-title = How this list chooses, and when it pays
cut-bands = Medium risk begins at { $medium }, high at { $high }. A customer leaves a band only when the chance falls { n-points } below its edge, so that nobody jumps to and fro.
cut-probability = Everybody for whom the playbook names an action is contacted, as far as the team’s week allows.
cut-capacity = The { n-contacts } with the highest value at risk among high and medium are contacted.
cut-cost = Customers are contacted where it is expected to pay.
cut-pays = Contacting pays if it saves 1 in { $one_in } of those who would otherwise leave ({ $rate }).
cut-costs-nothing = Contacting costs nothing, so it pays whatever it saves.
cut-never-pays = At these costs contacting cannot pay, whatever it saves.
cut-pays-unknown = When contacting pays cannot be said without amounts.
cut-assumed = Assumption, not a measurement: a contact saves { $rate } of them. Costs: { $contact } a contact, { $offer } an offer, which everybody who stays is taken to use.
cut-point = One point of retention (1 more of every 100 customers stays) is worth { $amount } by { $end }.
cut-once = Lists of neighbouring weeks speak of the same customers and months: never add their amounts up.
cut-too-many = { $share } of all customers are at high risk, more than anybody can call. Ways to choose fewer:
cut-propose-high = let high begin at { $edge }: { n-customers }
cut-propose-capacity = contact only the { n-contacts } with the highest value at risk
holdout-title = Who is held back
holdout-about = { $share } of those to be contacted are drawn by chance and left alone, so that we can see what contacting brings. A new draw comes on { $next }.
holdout-about-fixed = { $share } of those to be contacted are drawn by chance and left alone, so that we can see what contacting brings.
holdout-held = Held back
holdout-contact = Contacted

words-title = What the words mean
word-leaving = Leaving
word-active = Active customer
word-active-inactivity = Somebody who was active in the { n-days } before { $day }. Others have already gone quiet and are not on the list.
word-active-cancellation = Somebody who had joined before { $day } and had not cancelled. Others are not on the list.
word-active-lapse = Somebody whose last renewal, a permitted delay included, had not run out before { $day }. Others are not on the list.
word-chance = Chance of leaving
word-chance-text = Of 100 customers with a chance of 70%, about 70 leave.
word-bands = High, medium, low risk
word-tiers = VIP, regular, small
word-tiers-money = By expected spending: the top { $vip } are VIP, the lower { $small } are small.
word-tiers-frequency = By how often they are active: the top { $vip } are VIP, the lower { $small } are small.
word-value = Value at risk
word-revenue-text = Chance of leaving times the revenue expected by { $end } if the customer stays.
word-margin-text = Chance of leaving times the margin expected by { $end } if the customer stays.
word-unknown-text = Not shown: { $why }. How often a customer is active stands in for it.
word-holdout = Held back
word-holdout-text = Drawn by chance and not contacted, whatever their risk: only by comparing with them can anybody tell what contacts achieve.
word-promise = Between … and …
word-promise-text = In 19 of 20 lists what happens lies between these two numbers.

page-footer = Forecast { $version }, data up to { $newest }. This file needs no network and sends nothing.

warning-few-customers = Only { n-customers } were seen, few for a forecast: expect the list to change more than usual.
warning-change-model-gone = The earlier forecast is no longer kept, so it cannot be said why chances of leaving changed.
warning-change-model-unable = The earlier forecast cannot read today’s data, so it cannot be said why chances of leaving changed.
