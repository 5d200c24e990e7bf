# Words of the list itself: bands, tiers, groups, actions, channels, why somebody is not contacted, and its columns.

# Fits the heading `column-risk_band`.
band-high = High
band-medium = Medium
band-low = Low

# By expected spend, or by how often customers are active where amounts are unknown.
tier-vip = VIP
tier-regular = Regular
tier-small = Small

# Held back so that the contacts can be compared with something.
group-contact = Contact group
group-holdout = Holdout: do not contact

# An action or channel of your own is shown by its own name.
action-personal_call = Personal call
action-offer = Offer
action-reminder = Reminder
action-welcome = Personal welcome
action-ask_for_referral = Ask for a referral
action-nothing = No action

channel-phone = Phone
channel-email = Email
channel-sms = Text message
channel-push = Push notification
channel-letter = Letter
channel-app = App
channel-whatsapp = WhatsApp
channel-store = Store

# `low`: the playbook plans nothing, whatever the band.
why_not-low = Low priority: no action planned
why_not-over_capacity = No room left this week
why_not-holdout = Held back for comparison: do not contact
why_not-objected = Asked not to be contacted
why_not-cool_down = Contacted or held back recently
why_not-value_below_cost = A contact would cost more than it brings

lifecycle-new = New customer
lifecycle-active = Active
lifecycle-reactivated = Back after a long break

movement-new = New on the list
movement-up = Risk went up
movement-down = Risk went down
movement-same = Unchanged
movement-back = Back on the list

answer-yes = Yes
answer-no = No

# `column-` is the heading, `about-` the sentence of the data dictionary.
column-priority = Priority
about-priority = The order to work in: 1 comes first, and those to contact this week stand before all others.
column-customer_id = Customer
about-customer_id = The customer’s number as your own systems write it.
column-contact_this_week = Contact this week
about-contact_this_week = Yes: contact this customer now. No: do not, for the reason under “{ column-why_not }”. Filter on this column and never on the risk alone: among high and medium risk are customers of the holdout, who must not be contacted.
column-why_not = Why not
about-why_not = Why the customer is not to be contacted this week; empty where the answer is yes.
column-risk_band = Risk
about-risk_band = High, medium or low: how likely the customer is to leave. It changes only when the chance of leaving has clearly moved, so that customers do not jump to and fro.
column-churn_probability = Chance of leaving
about-churn_probability = How likely the customer is to leave by the date under “{ column-horizon_end }”: of 100 customers at 70%, about 70 leave.
column-value_tier = Value tier
about-value_tier = VIP, regular or small: the customer’s place by expected spend, or by how often they are active where amounts are unknown.
column-value_at_risk = Value at risk
about-value_at_risk = The chance of leaving times what the customer is expected to spend if they stay; empty where amounts are unknown.
column-recommended_action = Action
about-recommended_action = What to do for this customer, from your own playbook.
column-channel = Channel
about-channel = How to reach the customer: the channel they use themselves where it is known, otherwise the usual one for this action; a call stays a call.
column-act_by = Act by
about-act_by = The last day for this action; empty where the customer is not to be contacted this week.
column-reason_1 = Main reason
about-reason_1 = What raises this customer’s risk most.
column-reason_2 = Second reason
about-reason_2 = What raises this customer’s risk second most; empty where there is nothing more.
column-reason_3 = Third reason
about-reason_3 = What raises this customer’s risk third most; empty where there is nothing more.
column-reason_lowers = Speaks for staying
about-reason_lowers = What lowers this customer’s risk most; empty where nothing does.
column-group = Group
about-group = Customers of the holdout are drawn by chance and must not be contacted: only by comparing with them can you tell what your contacts achieve. To pick whom to contact, filter on “{ column-contact_this_week }”, not on this column and not on the risk.
column-uncertain = Uncertain because
about-uncertain = Why the chance of leaving is less certain for this customer than for others; empty where nothing speaks against it.
column-expected_value = Expected spend
about-expected_value = What the customer is expected to spend until the date under “{ column-horizon_end }” if they stay; empty where amounts are unknown.
column-lifecycle_stage = Stage
about-lifecycle_stage = New customer, active, or back after a long break.
column-previous_band = Risk last time
about-previous_band = The risk on the previous list; empty where the customer was not on it.
column-raw_band = Risk without smoothing
about-raw_band = What today’s chance of leaving alone would say; where it differs from “{ column-risk_band }”, the chance is still close to the edge between two bands.
column-movement = Since last time
about-movement = What has happened to the customer since the previous list.
column-change = Change
about-change = By how many percentage points the chance of leaving has changed since the previous list; the parts beside it add up to it.
column-change_data = Change: customer
about-change_data = The part of the change that comes from what the customer did or did not do.
column-change_model = Change: new forecast
about-change_model = The part of the change that comes from a newer version of the forecast.
column-change_calibration = Change: adjustment
about-change_calibration = The part of the change that comes from matching the forecast anew with what really happened.
column-change_cut = Moved by the rules
about-change_cut = Yes: the risk is another one because the rules for high, medium and low work differently now, not because the customer changed.
column-listed_since = At risk since
about-listed_since = The first list since which the customer has been at high or medium risk without a break; empty at low risk.
column-last_contact = Last contact
about-last_contact = The last day on which this customer was contacted: by the log of contacts, or, where none was kept yet, the day of the list that said so. Empty where there was none.
column-last_chosen = Last chosen
about-last_chosen = The day of the latest earlier list that chose this customer: to be contacted, or to be held back for comparison; empty where none did.
column-programme = Holdout draw
about-programme = The name of the draw that decides who is held back; with a new name everybody is drawn anew.
column-days_since_last_activity = Days since last activity
about-days_since_last_activity = Whole days from the customer’s last activity to the date of the list.
column-usual_gap_days = Usual gap in days
about-usual_gap_days = How many days usually lie between two of the customer’s active days; empty with fewer than two of them.
column-as_of = Date of the list
about-as_of = The list knows everything that happened before this day, and nothing later.
column-horizon_end = Leaves by
about-horizon_end = Until this day we look ahead: leaving later than that is not what the chance speaks of.
column-valid_until = Valid until
about-valid_until = Use this list until this day, and the next one from then on.
column-model_version = Forecast version
about-model_version = Which version of the forecast made this list; for questions to the data team.
column-last_activity = Last activity
about-last_activity = The day on which the customer was last active.
column-activities_12m = Activities in 12 months
about-activities_12m = How often the customer was active in the last 52 weeks.
column-spend_12m = Spend in 12 months
about-spend_12m = What the customer spent in the last 52 weeks, returns not deducted; empty where amounts are unknown.
column-weeks_on_list = Weeks at risk
about-weeks_on_list = For how many weeks the customer has been at high or medium risk without a break.
column-activity = Activity by week
about-activity = How often the customer was active in each of the last 52 weeks, oldest first.

# What the list says about itself.
warning-cost-without-amounts = Amounts are not known well enough to say where a contact pays: this week everybody with an action is to be contacted, whatever it costs.
