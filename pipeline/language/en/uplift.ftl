# Whom contacts keep, and whether the list is ordered by it.
uplift-too_few = Whom contacts keep cannot be told yet. So far, past lists that have come due hold { $contact } contacted customers ({ $left_contact } of them left) and { $holdout } held back ({ $left_holdout } left); it takes { $min_contact } and { $min_holdout }, with at least { $min_leavers } leavers in each group.
uplift-split_broken = Whom contacts keep is not judged, because a draw was not followed.
uplift-no_money = Whom contacts keep is not judged, because past lists showed no amounts.
uplift-better = Contacting first those whom a contact keeps earns more: among the top { $share } of past contacts it brought { $saved } per customer ({ $saved_low } to { $saved_high }), the usual order { $risk }. That is { $more } more ({ $low } to { $high }).
uplift-unclear = Contacting first those whom a contact keeps is not proven to earn more: among the top { $share } of past contacts it brought { $saved } per customer ({ $saved_low } to { $saved_high }), the usual order { $risk }. Chance can explain the difference of { $more } ({ $low } to { $high }).
uplift-worse = Contacting first those whom a contact seems to keep earns less: among the top { $share } of past contacts it brought { $saved } per customer ({ $saved_low } to { $saved_high }), the usual order { $risk }. That is { $more } less ({ $low } to { $high }).
uplift-unknown = Contacting first those whom a contact keeps is not proven to earn more.
uplift-when = This was checked with the list of { $day }, on past contacts (customers: { $customers }). It is checked once per draw: whoever checks every week finds a lucky one in the end.
uplift-order-saved = So this list puts first the customers with whom a contact is expected to save most; see the column “{ column-saved_value }”.
uplift-order-usual = This list keeps the usual order: by what is at stake.
uplift-order-could = This list keeps the usual order, by what is at stake; the data team can switch it to the other one.
uplift-order-no-amounts = This list keeps the usual order, since amounts are not known this week.
warning-uplift-order = This list was to be ordered by whom contacts keep, but keeps the usual order. Why is told under “{ achieved-title }”.

column-saved_value = Expected saving
about-saved_value = What a contact is expected to save: how much likelier it makes the customer stay, times what they are expected to spend; below zero where a contact is expected to do harm. The list is ordered by it.
column-saved_probability = Stay because of contact
about-saved_probability = By how much a contact is expected to raise the chance that the customer stays, learnt from past contacts; below zero where it is expected to lower it.
