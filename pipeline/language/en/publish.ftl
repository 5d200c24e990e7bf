# What the list says about itself: why it may be less sure than usual, and which of its checks a newer one failed.
warning-rule = There are too few customers for a forecast of each: everybody who has been silent for as long gets the same chance of leaving.
warning-grade-d = The forecast behind this list has the lowest grade, D: do not plan with its percentages. Why is told under “{ question-said }”.
warning-rolled-back = The forecast was set back to an earlier version by hand, so chances of leaving may have changed without anything new from the customers.
warning-no-opt-outs = This list was not told who has opted out: check that before you send, and ask the data team to name the column.
