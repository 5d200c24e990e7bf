"""The table of the backtest: what the models of past days would have said, and what then came true."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from models.backtest import Backtest
from models.baselines import BASELINES
from models.members import MEMBERS
from pipeline.tables import BACKTEST, read_table, write_table
from pipeline.training_data import days

PREDICTIONS = BACKTEST / "predictions.parquet"
SCHEMA = pa.schema(
    [
        ("origin", pa.date32()),
        ("customer", pa.int64()),
        ("churned", pa.bool_()),
        ("value", pa.float64()),
        ("recency", pa.float64()),
        *((f"score_{name}", pa.float64()) for name in MEMBERS),
        *((f"baseline_{name}", pa.float64()) for name in BASELINES),
    ]
)


def write_backtest(found: Backtest) -> None:
    """Write data/backtest/predictions.parquet: one row per (customer code, origin), without ids."""
    columns = [
        pa.array(found.origin.astype(np.int32)).cast(pa.date32()),
        *map(pa.array, (found.customer, found.churned, found.value, found.recency)),
        *(pa.array(found.scores[name]) for name in MEMBERS),
        *(pa.array(found.baselines[name]) for name in BASELINES),
    ]
    write_table([pa.Table.from_arrays(columns, schema=SCHEMA)], SCHEMA, PREDICTIONS)


def load_backtest() -> Backtest:
    """The predictions as arrays."""
    table = read_table(PREDICTIONS)

    def column(name: str) -> np.ndarray:
        return table.column(name).to_numpy()

    return Backtest(
        days(table, "origin"),
        column("customer"),
        column("churned"),
        column("value"),
        {name: column(f"score_{name}") for name in MEMBERS},
        {name: column(f"baseline_{name}") for name in BASELINES},
        column("recency"),
    )
