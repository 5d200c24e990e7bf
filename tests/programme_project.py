"""A simulated programme as a project has it after its last horizon: events, who was chosen, outcomes. A helper.

Who is chosen is `pipeline.simulation.programme`'s choice, so the true effect on each is known.
"""

from __future__ import annotations

import contextlib
import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipeline import ingest
from pipeline.contacting.chosen import CHOSEN
from pipeline.measuring.outcomes import OUTCOME
from pipeline.simulation.contacts import as_day, customer_id
from pipeline.simulation.kinds import Setting
from pipeline.simulation.programme import Chosen, run_programme
from pipeline.simulation.project import project_settings
from pipeline.tables import write_table

SHARE, VALUE = 0.2, 100.0


def bring_programme(folder: Path, setting: Setting, few: dict[str, int]) -> Chosen:
    """Live the programme with its events in `folder`, ingest them, and write what `contacts` and `measure` would."""
    events = folder / "data/raw/events"
    chosen = run_programme(setting, share=SHARE, events=events)
    content = {**project_settings(setting, "data/raw/events"), "uplift": few}
    (folder / "params.yaml").write_text(json.dumps(content, default=str), encoding="utf-8")
    with contextlib.chdir(folder):
        ingest.main()
    tables, names = [], []
    for number in np.unique(chosen.day).tolist():
        here, day = chosen.day == number, as_day(number, setting)
        tables.append(_of_list(chosen, here, day, setting))
        names.append(str(day))
        ids = tables[-1].column("customer_id")
        left = pa.array(chosen.left[here])
        columns = [ids, pa.array(chosen.risk[here]), pa.array(["high"] * len(ids)), left, left,
                   pa.array(chosen.spend[here])]  # fmt: skip
        table = pa.table(columns, schema=OUTCOME).sort_by("customer_id")
        write_table([table], OUTCOME, folder / f"data/outcomes/{day}.parquet")
    write_table(tables, CHOSEN, folder / "data/contacts/chosen.parquet")
    told = json.dumps({"one_question": {"lists": names, "closed": names}})
    (folder / "data/outcomes/measured.json").write_text(told, encoding="utf-8")
    return chosen


def _of_list(chosen: Chosen, here: np.ndarray, day: date, setting: Setting) -> pa.Table:
    n, risk = int(here.sum()), chosen.risk[here]
    columns = {
        "list": [str(day)] * n, "as_of": [day] * n, "closes": [day + timedelta(days=setting.horizon_days)] * n,
        "customer_id": [customer_id(index) for index in chosen.customer[here].tolist()],
        "arm": np.where(chosen.held[here], "holdout", "contact"), "programme": ["loop"] * n,
        "holdout_share": [SHARE] * n, "risk_band": ["high"] * n, "value_tier": ["regular"] * n,
        "recommended_action": ["offer"] * n, "offer": [False] * n, "churn_probability": risk,
        "expected_value": [VALUE] * n, "value_at_risk": np.round(VALUE * risk, 2),
    }  # fmt: skip
    empty = {name: [None] * n for name in CHOSEN.names if name not in columns}
    return pa.table({**columns, **empty}).select(CHOSEN.names).cast(CHOSEN)
