"""Who was chosen by lists of one question, beside what became of them: what an effect and an uplift are learnt from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.pooling import Choices
from models.table import Bools, Floats, Ints

KINDS = {"band": "risk_band", "tier": "value_tier", "action": "recommended_action"}


def choices_of(
    chosen: pa.Table, outcomes: Mapping[str, pa.Table]
) -> tuple[Choices, dict[str, dict[int, str]], list[str]]:
    """One entry per row of data/contacts/chosen.parquet in its order, names of the codes by group, and the programmes.

    `outcomes` are the outcomes of closed lists by the list's name, one row per customer by id; a choice of another list
    is one whose horizon is still open.
    """
    customer, _ = _codes(chosen.column("customer_id"))
    programme, programmes = _codes(chosen.column("programme"))
    left, spend, known = _outcomes(chosen, outcomes)
    coded = {kind: _codes(chosen.column(name)) for kind, name in KINDS.items()}
    choices = Choices(
        customer=customer,
        programme=programme,
        day=chosen.column("as_of").cast(pa.int32()).to_numpy().astype(np.int64),
        contact=pc.equal(chosen.column("arm"), "contact").to_numpy().astype(bool),
        share=chosen.column("holdout_share").to_numpy(),
        closed=known,
        left=left,
        spend=spend,
        groups={kind: codes for kind, (codes, _) in coded.items()},
    )
    return choices, {kind: dict(enumerate(names)) for kind, (_, names) in coded.items()}, programmes


def _codes(column: pa.ChunkedArray) -> tuple[Ints, list[str]]:
    """An integer per value in the order of the values' bytes, and the values."""
    values = pc.fill_null(column.combine_chunks(), "")
    names = sorted(pc.unique(values).to_pylist())
    return pc.index_in(values, value_set=pa.array(names, pa.string())).to_numpy().astype(np.int64), names


def _outcomes(chosen: pa.Table, outcomes: Mapping[str, pa.Table]) -> tuple[Bools, Floats, Bools]:
    """Left, spend and whether it is known, one entry per choice."""
    left, spend = np.zeros(len(chosen), bool), np.zeros(len(chosen))
    known = np.zeros(len(chosen), bool)
    of_list = chosen.column("list").combine_chunks()
    for name, table in outcomes.items():
        here = np.flatnonzero(pc.equal(of_list, name).to_numpy(zero_copy_only=False))
        ids = chosen.column("customer_id").combine_chunks().take(pa.array(here))
        at = pc.index_in(ids, value_set=table.column("customer_id").combine_chunks())
        there = here[at.is_valid().to_numpy(zero_copy_only=False)]
        place = at.drop_null().to_numpy()
        known[there] = True
        left[there] = table.column("left").to_numpy().astype(bool)[place]
        spend[there] = np.nan_to_num(table.column("spend").cast(pa.float64()).to_numpy()[place])
    return left, spend, known


def of_question(chosen: pa.Table, names: Sequence[str]) -> pa.Table:
    """The rows of these lists alone."""
    return chosen.filter(pc.is_in(chosen.column("list"), value_set=pa.array(list(names), pa.string())))
