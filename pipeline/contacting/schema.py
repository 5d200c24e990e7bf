"""The columns of data/contacts/log.parquet: one row per contact, by customer and time."""

from __future__ import annotations

import pyarrow as pa

LOG = pa.schema(
    [
        ("customer_id", pa.string()),
        ("contact_time", pa.timestamp("us", "UTC")),
        ("contact_day", pa.date32()),
        ("action", pa.string()),
        ("channel", pa.string()),
        ("offer", pa.bool_()),
        ("cost", pa.decimal128(18, 6)),
    ]
)
