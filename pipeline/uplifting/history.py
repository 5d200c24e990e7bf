"""What whom-contacts-keep is learnt from: customers of closed lists, contacted or left alone by the draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from models.pooling import Choices, pool
from models.saveable import History, Rules, enough
from models.split import check_split
from models.table import Bools, Floats
from pipeline.measuring.choices import choices_of, of_question
from pipeline.settings import Settings
from pipeline.tables import CHOSEN_TABLE, MEASURED, OUTCOMES, read_json, read_table


@dataclass(frozen=True)
class Past:
    """One entry per (programme, customer): the first choice, its horizon closed, the arm left to a draw.

    `first` are the rows of data/contacts/chosen.parquet behind them, `programmes` the names of the codes.
    """

    rows: Choices
    first: pa.Table
    programmes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, kept: Bools) -> Past:
        """The entries of a mask."""
        return Past(self.rows.take(kept), self.first.filter(pa.array(kept)), self.programmes)

    def amount(self, name: str) -> Floats:
        """A column of numbers of the list on which each was chosen; NaN where it did not say."""
        return np.asarray(self.first.column(name).to_numpy(), np.float64)

    def with_value(self) -> Past:
        """Those whose list told amounts: whom contacts keep is judged in money."""
        return self.take(np.isfinite(self.amount("expected_value")) & np.isfinite(self.amount("value_at_risk")))

    def history(self) -> History:
        """How much there is, each customer counted once, in the oldest draw that chose them."""
        rows = self.rows
        oldest = np.lexsort((rows.day, rows.customer))
        once = oldest[np.unique(rows.customer[oldest], return_index=True)[1]]
        return History.of(rows.contact[once], rows.left[once])

    def splits(self) -> list[dict[str, Any]]:
        """One entry for all draws together (programme None) and one per draw, by name: whether it was followed.

        A small fault in every draw shows in all together alone.
        """
        found = [{"programme": None, **check_split(self.rows.contact, self.rows.share).to_json()}]
        for code in np.unique(self.rows.programme).tolist():
            here = self.rows.take(self.rows.programme == code)
            found.append({"programme": self.programmes[code], **check_split(here.contact, here.share).to_json()})
        return found


def read_history(settings: Settings) -> Past | None:
    """What the stages `contacts` and `measure` wrote about lists of the present question; None where none has closed.

    Lists without a holdout drew nothing, so that they prove nothing: they are left out.
    """
    told = read_json(MEASURED)["one_question"]
    chosen = of_question(read_table(CHOSEN_TABLE), told["lists"])
    if not len(chosen) or not told["closed"]:
        return None
    outcomes = {name: read_table(OUTCOMES / f"{name}.parquet") for name in told["closed"]}
    choices, _, programmes = choices_of(chosen, outcomes)
    pooled = pool(choices, settings.churn.horizon_days)
    past = Past(pooled.rows, chosen.take(pa.array(pooled.source)), tuple(programmes))
    past = past.take((past.rows.share > 0) & (past.rows.share < 1))
    return past if len(past) else None


def missing(past: Past | None, rules: Rules) -> str | None:
    """Why nothing can be judged yet, None if it can: split_broken, no_money, too_few.

    One draw that was not followed is enough: what is wrong there may be wrong unseen elsewhere.
    """
    if past is None:
        return "too_few"
    if any(split["broken"] for split in past.splits()):
        return "split_broken"
    valued = past.with_value()
    if not len(valued):
        return "no_money"
    return None if enough(valued.history(), rules) else "too_few"


def rules_of(settings: Settings) -> Rules:
    """How much history is enough, by params.yaml."""
    uplift = settings.uplift
    return Rules(uplift.min_contact, uplift.min_holdout, uplift.min_leavers)
