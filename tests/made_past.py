"""Past lists made up for a little shop: real customers and days, a contact that keeps whom we say. A helper.

Every labelled slice of the shop is a list of a draw of its own, on which everybody was chosen. A contact keeps those
who usually come often (`good`), does nothing (`none`), or is a draw that was not followed (`broken`).
"""

from __future__ import annotations

import contextlib
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import little_shop
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from models.holdout import in_holdout
from pipeline import uplift
from pipeline.contacting.chosen import CHOSEN
from pipeline.measuring.outcomes import OUTCOME
from pipeline.settings import Settings, load_settings
from pipeline.tables import write_table

World = Literal["good", "none", "broken"]
SHARE, OFTEN = 0.3, 8.0  # days between two purchases of those whom a contact keeps
DAY = little_shop.day(276)
FEW = {"min_contact": 100, "min_holdout": 50, "min_leavers": 20}


def bring_past(folder: Path, world: World, seed: int = 3) -> None:
    """Write data/contacts/chosen.parquet and data/outcomes as the stages `contacts` and `measure` would have."""
    training = pq.ParquetFile(folder / "data/features/training.parquet").read(
        ["customer_id", "snapshot", "usual_gap_days"]
    )
    random, chosen, names = np.random.default_rng(seed), [], []
    for day in sorted(set(training.column("snapshot").to_pylist())):
        here = training.filter(pa.array([item == day for item in training.column("snapshot").to_pylist()]))
        ids = here.column("customer_id").to_pylist()
        held = in_holdout(ids, SHARE, f"made.{day}")
        often = np.nan_to_num(here.column("usual_gap_days").to_numpy(), nan=99.0) < OFTEN
        chance = np.where(~held & often, 0.05, 0.6) if world != "none" else np.full(len(ids), 0.6)
        left, risk = random.random(len(ids)) < chance, np.round(random.uniform(0.3, 0.9, len(ids)), 6)
        if world == "broken":  # those contacted in vain are lost
            stays = held | ~left
            ids = [name for name, kept in zip(ids, stays, strict=True) if kept]
            held, left, risk = held[stays], left[stays], risk[stays]
        n, names = len(ids), [*names, str(day)]
        columns = {
            "list": [str(day)] * n, "as_of": [day] * n, "closes": [day + timedelta(days=28)] * n, "customer_id": ids,
            "arm": np.where(held, "holdout", "contact"), "programme": [f"made.{day}"] * n, "holdout_share": [SHARE] * n,
            "risk_band": ["high"] * n, "value_tier": ["regular"] * n, "recommended_action": ["offer"] * n,
            "offer": [False] * n, "churn_probability": risk, "expected_value": [100.0] * n,
            "value_at_risk": np.round(100 * risk, 2),
        }  # fmt: skip
        empty = {name: [None] * n for name in CHOSEN.names if name not in columns}
        chosen.append(pa.table({**columns, **empty}).select(CHOSEN.names).cast(CHOSEN))
        outcome = {"customer_id": ids, "churn_probability": risk, "risk_band": ["high"] * n, "left": left,
                   "left_at_first": left, "spend": np.where(left, 0.0, 100.0)}  # fmt: skip
        table = pa.table(outcome).cast(OUTCOME).sort_by("customer_id")
        write_table([table], OUTCOME, folder / f"data/outcomes/{day}.parquet")
    write_table(chosen, CHOSEN, folder / "data/contacts/chosen.parquet")
    path = folder / "data/outcomes/measured.json"
    measured = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**measured, "one_question": {"lists": names, "closed": names}}), encoding="utf-8")


def with_a_list(folder: Path) -> Path:
    """A shop with its first list, of DAY."""
    settings(folder)
    little_shop.bring(folder, little_shop.until(little_shop.shop(500), little_shop.day(275)))
    little_shop.run(folder)
    return folder


def settings(folder: Path, order: str = "value_at_risk", few: bool = False, **changes: Any) -> Settings:
    """The shop's settings; `few`: a little history is enough."""
    section = {"order": order, **(FEW if few else {})}
    little_shop.settings(folder, uplift=section, **{"campaign__cool_down_days": 14, **changes})
    with contextlib.chdir(folder):
        return load_settings()


def judged(folder: Path) -> dict[str, Any]:
    """What a run of the stage finds out."""
    with contextlib.chdir(folder):
        uplift.main()
    found: dict[str, Any] = json.loads((folder / "data/uplift/judged.json").read_text(encoding="utf-8"))
    return found


def move(folder: Path, day: date) -> None:
    """Let the list be of another day, as far as the stage can see."""
    path = folder / "data/events/open/as_of.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "as_of": str(day)}), encoding="utf-8")
