# What is watched between lists: one line of advice, and the table of what has changed. Numbers come as texts where they
# are shares; a kind is the word for a kind of event.
watch-line = { $advice }: { $reason }.
watch-look_at_data = Have the data checked before you rely on this list
watch-retrain = Have the forecast rebuilt
watch-recalibrate = Have the level of the forecast corrected
watch-hold = Use the list as it is
watch-hold-untrusted = Nothing new calls for action

watch-because-silent = the newest record is { n-days } old
watch-because-gone = there has been no “{ $kind }” for { n-days }, although there used to be some every week
watch-because-gone_for_ever = “{ $kind }” no longer appears in the data at all, although there used to be some every week
watch-because-fewer = there are { $change } fewer active customers than there were, both recently and a year ago, so part of the data may be missing
watch-because-more = there are { $change } more active customers than there were, both recently and a year ago, so something may have been counted twice
watch-because-missing = { $count ->
    [one] a detail that used to be known of everybody is missing for { $share } of customers
   *[other] { $count } details that used to be known of everybody are missing, the worst of them for { $share } of customers
}
watch-because-ranking = those who left stand at the top of the list less reliably than before (of 100 pairs of a customer who left and one who stayed, { $right } were in the right order on { $day }, earlier { $before })
watch-because-more_left = more customers left than we expected, two dates in a row ({ $left } of those active on { $day }, for whom we expected { $low } to { $high })
watch-because-fewer_left = fewer customers left than we expected, two dates in a row ({ $left } of those active on { $day }, for whom we expected { $low } to { $high })
watch-because-more_left_for_now = more customers left than we expected, two dates in a row ({ $left } of those active on { $day }, for whom we expected { $low } to { $high }); correcting by such dates has not helped before, so for now read the percentages as rather too low
watch-because-fewer_left_for_now = fewer customers left than we expected, two dates in a row ({ $left } of those active on { $day }, for whom we expected { $low } to { $high }); correcting by such dates has not helped before, so for now read the percentages as rather too high
watch-because-drifted = customers no longer behave as they did when the forecast was made ({ watch-shifted }), and it is known by now what became of them since
watch-because-drifted_no_outcomes = customers no longer behave as they did when the forecast was made ({ watch-shifted }), but what will become of them is not known yet, so take the percentages with care
watch-because-scores = customers at risk are more or fewer than when the forecast was made, and it is known by now what became of them since
watch-because-scores_no_outcomes = customers at risk are more or fewer than when the forecast was made, but what will become of them is not known yet, so take the percentages with care
watch-because-no_outcomes = nothing unusual has been seen; what became of the customers of earlier dates is not known yet
watch-because-one_date = of those active on { $day } { $left } left, where we expected { $promised }; one such date can be the season, two in a row would count
watch-because-as_promised = of those active on { $day } { $left } left, where we expected { $promised }, and nothing else is unusual
watch-shifted = { $count ->
    [one] { $count } of { $of } figures has shifted
   *[other] { $count } of { $of } figures have shifted
}

watch-title = What has changed
watch-what = What we watch
watch-now = Now
watch-compare = To compare
watch-customers = Active customers
watch-on-day = { $value } on { $day }
watch-year-ago = { $value } a year ago
watch-newest = Age of the newest record
watch-left = Left after { $day }
watch-expected = { $promised } expected ({ $low } to { $high })
watch-pairs = Pairs of one who left and one who stayed in the right order
watch-of-100 = { $right } of 100
watch-of-100-before = { $right } of 100 before
watch-behaviour = Figures of behaviour that have shifted
watch-count-of = { $count } of { $of }
watch-same-weeks = Same weeks a year ago: active again by themselves within { n-days }
watch-same-weeks-stayed = Same weeks a year ago: stayed by themselves for { n-days }
watch-of-group = { $share } of { $customers }
watch-of-overdue = { $share } of the { $customers } silent longer than usual
watch-twin-unknown = not known with less than two years of data
