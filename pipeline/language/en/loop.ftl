# Did it come true, and was it worth it: receipts of past lists, and what contacting achieved.
receipts-title = Did it come true?
receipts-none = No list has come due yet, and there is no earlier date to try it on.
receipts-list = List of
receipts-group = Risk
receipts-said = We said
receipts-came = Left
receipts-between = Allowing for chance
receipts-customers = Customers
receipts-verdict = Promise
receipts-from-to = { $low } to { $high }
receipts-promised = { $promised } ({ $low } to { $high })
receipts-kept = Kept
receipts-missed = Missed
receipts-fewer = Fewer left
receipts-all = All
receipts-alone = Left alone
receipts-replay = { $day } (replay)
receipts-about = “We said” is the share that was to leave if nobody was contacted, in brackets what the promise allowed for. It is kept if the share that left lies between; “left alone” are the customers who were not contacted. “Fewer left” marks groups in which some were contacted: contacts may have kept them, so the promise is judged by those left alone.
receipts-about-replay = “Replay” marks dates before there were lists: everything was worked out again from what was known then, and nothing that came later.
receipt-list = In the list of { $day } we said { $promised } of { $band } would leave; { $realised } did ({ $low } to { $high }), { n-customers }.
receipt-replay = Replayed for { $day }: we would have said { $promised } of { $band } would leave; { $realised } did ({ $low } to { $high }), { n-customers }.
interim-title = Lists whose time still runs
interim-back = List of { $day }: after { $weeks } of { $of } weeks { $back } of { n-customers } in { $band } have come back; { $low } to { $high } were expected by now.
interim-off = List of { $day }: after { $weeks } of { $of } weeks { $back } of { n-customers } in { $band } have come back, where { $low } to { $high } were expected by now: this list is not coming true.
interim-left = List of { $day }: after { $weeks } of { $of } weeks { $left } of { n-customers } in { $band } have left.

five-achieved-kept = Contacting keeps customers: of { $contacted } contacted { $left_contacted } left, of { $held } held back { $left_held }; that is { n-points } more who stay ({ $low } to { $high }), about { $saved } customers since { $since }.
five-achieved-lost = Contacting drives customers away: of { $contacted } contacted { $left_contacted } left, of { $held } held back { $left_held }; that is { n-points } fewer who stay ({ $low } to { $high }), about { $saved } customers since { $since }. Stop and look at what is sent.
five-achieved-unclear = What contacting achieves is not proven yet: of { $contacted } contacted { $left_contacted } left, of { $held } held back { $left_held }, and chance can explain the difference ({ $low } to { $high } points); to show an effect of 5 points takes about { n-weeks } more.
five-achieved-unclear-never = What contacting achieves is not proven yet: of { $contacted } contacted { $left_contacted } left, of { $held } held back { $left_held }, and chance can explain the difference ({ $low } to { $high } points); with so few held back an effect of 5 points could not be shown in ten years.
five-achieved-split_broken = Nothing can be said of what contacting achieves: { $observed } of { $chosen } chosen customers were held back where { $expected } were to be, more than chance explains, so the two groups cannot be compared. The data team has to find out why.

achieved-title = What contacting has achieved
achieved-none = No list with contacts has come due yet. What this list can show is told above.
achieved-broken = The draw was not followed, so nothing is claimed.
achieved-group = Customers
achieved-contacted = Contacted
achieved-left = of them left
achieved-held = Held back
achieved-left-held = of them left
achieved-more = More who stay, in points
achieved-between = { $value } ({ $low } to { $high })
achieved-all = All
achieved-about = Everybody counts once, in the group that the draw gave, since { $since }. The first line holds however often one looks; the others describe and prove nothing, since one of many groups looks good by chance.
achieved-revenue = In money: { $value } more revenue ({ $low } to { $high }) for { $cost }, which leaves { $net }.
achieved-margin = In money: { $value } more margin ({ $low } to { $high }) for { $cost }, which leaves { $net }.
achieved-cost-only = The contacts so far cost { $cost }; what they brought is not shown before it is more than chance.
achieved-anyway = Of { $offers } offers used, about { $anyway } went to customers who would have stayed without.
achieved-reached = By the log, { $reached } of those to be contacted really were, and { $held } of those held back.

warning-contacts-holdout_contacted = { $number ->
    [one] { $number } customer who was held back was contacted all the same
   *[other] { $number } customers who were held back were contacted all the same
}: what contacting brings is then told too low.
warning-contacts-objectors_contacted = { $number ->
    [one] { $number } contact was made to a customer who does not want it
   *[other] { $number } contacts were made to customers who do not want it
}. Find out how that could happen.
warning-contacts-drawn_otherwise = { $number ->
    [one] { $number } customer is
   *[other] { $number } customers are
} not in the group that the draw gave: somebody changed a past list by hand.
warning-lists-edited = { $number ->
    [one] { $number } past list was edited
   *[other] { $number } past lists were edited
} after it was published, so it is not measured.
warning-outcomes-revised = { $number ->
    [one] The outcome of { $number } customer of a past list changed
   *[other] The outcomes of { $number } customers of past lists changed
} after it was first read, because events came late.
