# The workbook (its first sheet, the notices of the list, the definitions) and the data dictionary.
workbook-sheet-summary = Summary
workbook-sheet-list = List
workbook-sheet-definitions = Definitions
workbook-title = Whom to contact: the list of { $day }
workbook-personal = Personal data, internal: do not pass on outside the company.
workbook-page = Page { $page } of { $pages }

# The first row of a list that has been overtaken.
workbook-stale = OUT OF DATE: this is the list of { $day }, valid until { $until }, and the newer one could not be released. Do not contact anybody from it; ask your data team.

# Five questions, answered at first sight.
workbook-ask-first = Whom first?
workbook-ask-not = Whom not, and why?
workbook-ask-until = Until when?
workbook-ask-stake = How much is at stake?
workbook-ask-fresh = Is it up to date?
workbook-first =
    { $customers ->
        [0] Nobody: no customer is to be contacted this week.
        [one] { $customers } customer: the row with “{ $yes }” under “{ $column }” on the sheet “{ $sheet }”.
       *[other] { $customers } customers: the rows with “{ $yes }” under “{ $column }” on the sheet “{ $sheet }”, from the top down. The first of them are shown below.
    }
workbook-first-stale = Nobody: this list is out of date.
workbook-not =
    { $customers ->
        [0] Everybody on the list may be contacted.
        [one] { $customers } customer marked “{ $no }”: { $reasons }.
       *[other] { $customers } customers marked “{ $no }”: { $reasons }.
    }
workbook-until = { $actions }. The list itself is valid until { $until }.
workbook-until-stale = Past: it was valid until { $until }.
workbook-until-nothing = The list is valid until { $until }.
workbook-stake =
    { $unit ->
        [margin] { $contact } of margin with the customers to contact, { $all } on the whole list (chance of leaving times expected margin).
       *[revenue] { $contact } of revenue with the customers to contact, { $all } on the whole list (chance of leaving times expected spend).
    }
workbook-stake-unknown =
    { $why ->
        [no_amounts] Not known: the data has no amounts. How often customers are active stands in for their value.
       *[withheld] Not shown: the forecast of spending is not yet good enough. How often customers are active stands in for their value.
    }
workbook-fresh = List of { $day }, with everything known up to { $newest }. Use it until { $until }, then open the next one.
workbook-fresh-stale = No. It was valid until { $until } and no newer list could be released.

workbook-start-here = The first to contact
workbook-contact = Whom to contact, by action
workbook-total = Total
workbook-customers = Customers
workbook-to-contact = To contact
workbook-expected = Expected to leave
workbook-at-least = at least
workbook-at-most = at most
workbook-nobody = Nobody this week.
workbook-not-title = Whom not to contact, and why
workbook-not-listed = Not on the list
workbook-reason = Why
workbook-meaning = What it means
workbook-why-low = At low risk and not among the most valuable: the playbook plans nothing for them.
workbook-why-over_capacity = More customers than the team can handle this week; those with less at stake wait.
workbook-why-holdout = Drawn by lot. Comparing with them shows what your contacts achieve, so please leave them alone altogether.
workbook-why-objected = They do not wish to be contacted.
workbook-why-cool_down = They heard from you a short while ago, or were held back for comparison when they would have; leave them alone until their turn comes again.
workbook-why-value_below_cost = A contact would cost more than it can be expected to bring.
workbook-objected-to-profiling = Object to being assessed
workbook-objected-to-profiling-meaning = They are neither assessed nor listed.
workbook-already-left = Gone before
workbook-already-left-inactivity = Inactive for too long to count as customers who may still leave.
workbook-already-left-cancellation = They have cancelled already.
workbook-already-left-lapse = Their last renewal ran out, and none came in time.

workbook-risk = What we expect, by risk
workbook-risk-note = Of 20 such expectations, 19 should end between “{ $low }” and “{ $high }”. Customers are counted who leave by { $day }.
workbook-all = All
workbook-tiers = By value
workbook-moves = Since the list of { $day }
workbook-moves-none = This is the first list: there is nothing to compare it with yet.
workbook-moves-new = New on the list
workbook-moves-back = Back on the list
workbook-moves-left = No longer on the list
workbook-moves-up = Higher risk than before
workbook-moves-down = Lower risk than before
workbook-moves-same = Same risk as before
workbook-moves-contacted = To be contacted by the last list
workbook-moves-by-data = of these, by their own behaviour
workbook-moves-by-model = by a new forecast
workbook-moves-by-cut = by the rules for high, medium and low
workbook-moves-by-unknown = for reasons that are not known

workbook-pays-title = When contacting pays
workbook-pays = With { $contact } for a contact and { $offer } for an offer, it pays if it saves 1 in { $one_in } of those who would leave ({ $share }).
workbook-pays-never = With { $contact } for a contact and { $offer } for an offer, contacting these customers cannot pay, however many it saves.
workbook-pays-unknown = Whether contacting pays cannot be worked out, because amounts are not known.
workbook-pays-assumed = ASSUMPTION, not yet measured: a contact saves { $share } of those who would leave. { $pays ->
        [yes] If that is true, contacting pays.
       *[no] If that is true, contacting does not pay.
    }
workbook-point =
    { $unit ->
        [margin] If one customer in a hundred fewer left, that would be worth { $amount } of margin by { $day }.
       *[revenue] If one customer in a hundred fewer left, that would be worth { $amount } of revenue by { $day }.
    }
workbook-overlap = Amounts of several weekly lists overlap: never add them up.

workbook-holdout-title = Whom to leave alone
workbook-holdout =
    { $customers ->
        [0] Nobody is held back this week.
        [one] { $customers } customer is held back by lot ({ $share } of those to contact) and must not be contacted, so that you can tell what contacting achieves.
       *[other] { $customers } customers are held back by lot ({ $share } of those to contact) and must not be contacted, so that you can tell what contacting achieves.
    }
workbook-holdout-until = The lot is drawn anew on { $day }.
workbook-filter = To choose whom to contact, filter “{ $column }” on “{ $yes }”. Never filter on “{ $band }” alone: among high and medium risk are customers who are held back or do not wish to be contacted.
workbook-held-back = Held back
workbook-sentences = This list in five sentences
workbook-remarks = Please note

# Above the header of the list.
workbook-most-urgent = A sheet cannot hold more: these are the { $rows } most urgent of { $all } customers; all of them are in risk_list.csv and risk_list.parquet.
workbook-grouped = The plus sign above the last column opens further columns.
workbook-frequency = Amounts are not known, so there is no column for them; how often customers are active stands in.

# The definitions.
workbook-words = Words
workbook-leave = Leaving
workbook-leave-inactivity =
    { $days ->
        [one] A customer has left who is not active ({ $activity }) for { $days } day, up to { $day }.
       *[other] A customer has left who is not active ({ $activity }) for { $days } days, up to { $day }.
    }
workbook-leave-cancellation =
    { $days ->
        [one] A customer has left who cancels within { $days } day, up to { $day }.
       *[other] A customer has left who cancels within { $days } days, up to { $day }.
    }
workbook-leave-lapse =
    { $days ->
        [one] A customer has left whose renewal falls due and does not come within { $days } day, up to { $day }.
       *[other] A customer has left whose renewal falls due and does not come within { $days } days, up to { $day }.
    }
workbook-listed = Who is on the list
workbook-listed-cancellation = Customers who had joined by then and had not cancelled.
workbook-listed-lapse = Customers whose last renewal, a permitted delay included, had not run out by then.
workbook-listed-inactivity =
    { $days ->
        [one] Customers who were active within the last { $days } day.
       *[other] Customers who were active within the last { $days } days.
    }
workbook-read = How to read the chance of leaving
workbook-read-meaning = Of 100 customers at 70%, about 70 leave and 30 stay. It says nothing certain about one customer.
workbook-band-high = Chance of leaving of { $high } or more.
workbook-band-medium = Chance of leaving from { $medium } to below { $high }.
workbook-band-low = Chance of leaving below { $medium }.
workbook-band-leave = To move down again, the chance must be clearly below the edge, by more than { $points } percentage points.
workbook-tier-vip = The { $share } of customers with the highest value.
workbook-tier-regular = Those between.
workbook-tier-small = The { $share } of customers with the lowest value.
workbook-actions = Actions
workbook-action-channel = Channel: { $channel }.
workbook-action-within =
    { $days ->
        [0] On the same day.
        [one] Within { $days } day.
       *[other] Within { $days } days.
    }
workbook-action-capacity =
    { $customers ->
        [one] At most { $customers } customer a week.
       *[other] At most { $customers } customers a week.
    }
workbook-columns = Columns
workbook-column = Column
workbook-name-in-files = Name in the files
workbook-empty = Where empty
workbook-unit = Unit
workbook-values = Values

# Units of the files for spreadsheets and programs.
workbook-unit-text = text
workbook-unit-number = number
workbook-unit-days = days
workbook-unit-date = date (year-month-day)
workbook-unit-share = share from 0 to 1
workbook-unit-points = share from -1 to 1 (0.05 is 5 percentage points)
workbook-unit-amount = amount
workbook-unit-amount-in = amount in { $currency }
workbook-unit-value = one of the values named
workbook-unit-weeks = 52 numbers, only in risk_list.parquet

# What an empty cell means, by column.
workbook-empty-never = never empty
workbook-empty-why_not = to be contacted this week
workbook-empty-amount = amounts are not known
workbook-empty-nothing = nothing to do
workbook-empty-reason = no further reason
workbook-empty-uncertain = nothing speaks against the chance
workbook-empty-first = there is no earlier list
workbook-empty-before = not on the previous list
workbook-empty-part = not on the previous list, or the parts cannot be told apart
workbook-empty-listed_since = at low risk
workbook-empty-last_contact = no contact known
workbook-empty-last_chosen = never chosen before, as far as is known
workbook-empty-gap = active on fewer than two days
workbook-empty-shown = not known
workbook-about-shown = A column of your own data, shown as it came.

# Files beside the list, in the data dictionary.
workbook-file-contact = For mail and call tools: only customers to contact by this action, their ids exactly as they came. Do not open it in a spreadsheet: it could take an id for a formula or drop leading zeros.
workbook-file-preset = For import into { $tool }: only customers to contact, their ids exactly as they came. Do not open it in a spreadsheet.
workbook-file-csv = For spreadsheets: an apostrophe before a text keeps it from being read as a formula. Excel drops the leading zeros of ids in CSV files; the workbook keeps them.
workbook-file-parquet = For programs: everything, unaltered.
