"""How many more customers stayed because they were contacted: contact arm against holdout, by intention to treat.

Every customer counts in the arm that the draw gave, whatever happened then. Customers drawn with different shares are
compared among themselves (a changed share is otherwise mixed up with whatever changed at the same time), and the
strata are weighed by those contacted: the effect is the one on the contacted, and times their number it is the saved.

Claimed is one thing, the effect on all of them, and only by the interval that holds at all readings together
(models.sequential), with a split that is not broken and enough customers. Groups (bands, tiers, actions) are described
and never claimed: among a dozen of them one would look good by chance every few weeks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from models.intervals import Estimate
from models.power import Group, smallest_effect, weeks_needed
from models.proportions import newcombe_weighted
from models.sequential import Counts, always_valid, needed
from models.split import Split
from models.table import Bools, Floats, Ints

Claim: TypeAlias = Literal["kept", "lost", "nothing shown"]
WhyNot: TypeAlias = Literal["split broken", "too few", "could be chance"]

# Fewer than so many leavers or stayers to be expected in an arm, were the arms alike: nothing is claimed. Cochran's
# rule for two-by-two tables (Biometrics 10, 1954). By simulation claims are safe with fewer (docs/bench/effect.md
# has the share of false claims without this rule), intervals of money and of those reached are not.
FEWEST_EXPECTED = 5


@dataclass(frozen=True)
class Difference:
    """One comparison of two arms: customers and leavers of each, shares with intervals, and how many more were kept.

    `kept` is the leaving share held back less that of the contacted, a share from -1 to 1, with the interval for one
    look at the data; None where nobody was held back or nobody contacted. `left_out`: customers of strata without one
    of the arms, counted nowhere else.
    """

    n_contact: int
    left_contact: int
    n_holdout: int
    left_holdout: int
    left_out: int
    kept: Estimate | None

    def to_json(self) -> dict[str, Any]:
        """As a report holds it; shares to six decimals."""
        counts = {"contacted": self.n_contact, "contacted_left": self.left_contact}
        counts |= {"held_back": self.n_holdout, "held_back_left": self.left_holdout, "left_out": self.left_out}
        shares = {
            "leaving_contacted": _share(self.left_contact, self.n_contact),
            "leaving_held_back": _share(self.left_holdout, self.n_holdout),
        }
        return {**counts, **shares, "kept": self.kept.to_json() if self.kept else None}


@dataclass(frozen=True)
class Effect:
    """One effect on all: the difference, its interval for any number of looks, and what may be said of it.

    `why_not`: why nothing is shown; None if something is. `smallest`: the smallest effect that these customers show in
    80% of cases, by the rule that claims are made by; `smallest_one_look`: were they looked at once. Shares, None where
    no effect would do.
    """

    difference: Difference
    always: Estimate | None
    claimed: Claim
    why_not: WhyNot | None
    smallest: float | None
    smallest_one_look: float | None

    def to_json(self) -> dict[str, Any]:
        """As a report holds it; shares to six decimals."""
        said: dict[str, Any] = {"always": self.always.to_json() if self.always else None, "claimed": self.claimed}
        said |= {"why_not": self.why_not, "smallest": self.smallest, "smallest_one_look": self.smallest_one_look}
        return {**self.difference.to_json(), **said}


def counts_of(contact: Bools, left: Bools, share: Floats) -> Counts:
    """One stratum per share of the draw, from one entry per customer: contacted or held back, left, drawn with."""
    shares, stratum = np.unique(share, return_inverse=True)

    def count(mask: Bools) -> Ints:
        return np.bincount(stratum[mask], minlength=len(shares)).astype(np.int64)

    return Counts(count(contact & left), count(contact), count(~contact & left), count(~contact))


def difference(counts: Counts) -> Difference:
    """One comparison of the strata with both arms, with the interval for one look (Newcombe)."""
    both = counts.comparable()
    total = [int(each.sum()) for each in (both.n_contact, both.left_contact, both.n_holdout, both.left_holdout)]
    everybody = int(counts.n_contact.sum() + counts.n_holdout.sum())
    kept = None
    if len(both.n_contact):
        pairs = (both.left_holdout, both.n_holdout, both.left_contact, both.n_contact)
        kept = Estimate(*newcombe_weighted(*pairs, both.weight))
    return Difference(total[0], total[1], total[2], total[3], everybody - total[0] - total[2], kept)


def differences_by(codes: Ints, contact: Bools, left: Bools, share: Floats) -> dict[int, Difference]:
    """One comparison per code, in order of codes, each on its own customers: to be described, not to be claimed."""
    found = {}
    for code in np.unique(codes):
        rows = codes == code
        found[int(code)] = difference(counts_of(contact[rows], left[rows], share[rows]))
    return found


def effect(counts: Counts, split: Split | None = None) -> Effect:
    """One effect on all customers counted. No split: none was checked, and it is taken to hold."""
    both = counts.comparable()
    found, always = difference(counts), always_valid(both)
    why_not = _why_not(both, always, split)
    claimed: Claim = "nothing shown"
    if why_not is None and always is not None:
        claimed = "kept" if always.low > 0 else "lost"
    rate = _share(found.left_holdout, found.n_holdout)
    if rate is None:
        return Effect(found, always, claimed, why_not, None, None)
    smallest = smallest_effect(rate, found.n_contact, found.n_holdout, condition=needed)
    one_look = smallest_effect(rate, found.n_contact, found.n_holdout)
    return Effect(found, always, claimed, why_not, smallest, one_look)


def weeks_to_claim(found: Difference, aim: float, weekly_contact: float, weekly_holdout: float) -> int | None:
    """The fewest further weeks after which `aim`, a share kept more, would be claimed in 80% of cases.

    0: these customers would do. None: not within ten years, no more than leave could be kept, or an arm is empty.
    Raises ValueError for arms that shrink. The weekly figures are different customers that each week adds.
    """
    if weekly_contact < 0 or weekly_holdout < 0:
        raise ValueError(f"{weekly_contact} and {weekly_holdout} customers a week: neither can be negative")
    rate = _share(found.left_holdout, found.n_holdout)
    if rate is None:
        return None
    groups = Group(found.n_contact, weekly_contact), Group(found.n_holdout, weekly_holdout)
    weeks = weeks_needed(aim, rate, *groups, condition=needed)
    return None if weeks is None else weeks - 1


def described(found: Mapping[int, Difference], names: Mapping[int, str]) -> dict[str, dict[str, Any]]:
    """One block per group, under its name, as a report holds it. Raises KeyError for a code without a name."""
    return {names[code]: each.to_json() for code, each in found.items()}


def enough(counts: Counts) -> bool:
    """Whether leavers and stayers to be expected in each arm are as many as claims and money are safe with."""
    n, m = int(counts.n_contact.sum()), int(counts.n_holdout.sum())
    left = int(counts.left_contact.sum() + counts.left_holdout.sum())
    return min(left, n + m - left) * min(n, m) >= FEWEST_EXPECTED * (n + m)


def _why_not(counts: Counts, always: Estimate | None, split: Split | None) -> WhyNot | None:
    if split is not None and split.broken:
        return "split broken"
    if always is None or not enough(counts):
        return "too few"
    return "could be chance" if always.includes_zero else None


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 6) if whole else None
