"""The columns of the list: name, type, where they are shown and how; the texts about them are in the catalogue.

`column-<name>` is the heading that marketing reads and `about-<name>` the sentence of the data dictionary.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

Look = Literal["text", "percent", "points", "money", "number", "days", "date", "band", "yes_no", "word", "hidden"]


@dataclass(frozen=True)
class Column:
    """One column of the list. `look`: how a person sees it; `front`: whether it is among the first that are seen.

    A `word` is a value of a closed set whose text is in the catalogue (`action-offer`), by the column's `words` prefix.
    """

    name: str
    type: pa.DataType
    look: Look
    front: bool = False
    words: str | None = None


DAY, TEXT, FLOAT, INT = pa.date32(), pa.string(), pa.float64(), pa.int64()
COLUMNS = (
    Column("priority", INT, "number", True),
    Column("customer_id", TEXT, "text", True),
    Column("contact_this_week", TEXT, "yes_no", True, "answer"),  # yes | no
    Column("why_not", TEXT, "word", True, "why_not"),  # null where contact_this_week is yes
    Column("risk_band", TEXT, "band", True, "band"),
    Column("churn_probability", FLOAT, "percent", True),
    Column("value_tier", TEXT, "word", True, "tier"),
    Column("value_at_risk", FLOAT, "money", True),
    Column("recommended_action", TEXT, "word", True, "action"),
    Column("channel", TEXT, "word", True, "channel"),
    Column("act_by", DAY, "date", True),
    Column("reason_1", TEXT, "text", True),
    Column("reason_2", TEXT, "text", True),
    Column("reason_3", TEXT, "text"),
    Column("reason_lowers", TEXT, "text", True),
    Column("group", TEXT, "word", False, "group"),  # contact | holdout
    Column("uncertain", TEXT, "text", True),
    Column("expected_value", FLOAT, "money"),
    Column("lifecycle_stage", TEXT, "word", False, "lifecycle"),
    Column("previous_band", TEXT, "band", False, "band"),
    Column("raw_band", TEXT, "band", False, "band"),
    Column("movement", TEXT, "word", False, "movement"),  # new | up | down | same | back
    Column("change", FLOAT, "points"),  # of the probability since the previous list; the four parts add up to it
    Column("change_data", FLOAT, "points"),
    Column("change_model", FLOAT, "points"),
    Column("change_calibration", FLOAT, "points"),
    Column("change_cut", TEXT, "yes_no", False, "answer"),  # whether the band moved though the probability did not ask
    Column("listed_since", DAY, "date"),  # since when without a break in high or medium
    Column("last_contact", DAY, "date"),
    Column("last_chosen", DAY, "date"),  # for a contact: contacted or held back
    Column("programme", TEXT, "text"),
    Column("days_since_last_activity", INT, "days"),
    Column("usual_gap_days", FLOAT, "number"),
    Column("as_of", DAY, "date"),
    Column("horizon_end", DAY, "date"),
    Column("valid_until", DAY, "date"),
    Column("model_version", TEXT, "text"),
)
# Behind these come the columns of lists.show and customers.display, as text, number or date, and last `activity`:
# for each of the last 52 weeks, oldest first, how many activity events there were (the page's sparkline).
# Where a list is ordered by what a contact saves, `saved_value` and SAVED stand before them.
ACTIVITY, SAVED = "activity", "saved_probability"
WEEKS = 52
ROWS, FIGURES = "risk_list.parquet", "briefing.json"  # files of a list from which all others are rendered
SCHEMA = pa.schema([(column.name, column.type) for column in COLUMNS])
