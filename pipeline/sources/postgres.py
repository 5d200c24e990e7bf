"""What PostgreSQL needs beyond Ibis: a connection that cannot write or hang, and a query's types without a view."""

from __future__ import annotations

from typing import Any

from pipeline.errors import ConfigError

CONNECT_SECONDS = 10
# A server that vanishes while it sends is noticed within two minutes, not two hours. The URL can say otherwise.
PATIENCE = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": 60,
    "keepalives_interval": 10,
    "keepalives_count": 6,
    "application_name": "ebb",
}
NUMBERS = {"int2": "int16", "int4": "int32", "int8": "int64", "float4": "float32", "float8": "float64"}
OTHERS = {"bool": "boolean", "date": "date", "timestamp": "timestamp(6)", "timestamptz": "timestamp('UTC', 6)"}
PLAIN = NUMBERS | OTHERS | {"text": "string"}


def connect(url: str) -> Any:
    """An Ibis connection whose transactions are all read only."""
    import ibis  # noqa: PLC0415  only who opens a database pays for it
    import psycopg  # noqa: PLC0415
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415

    connection = psycopg.connect(**(PATIENCE | conninfo_to_dict(url)))
    try:
        connection.read_only = True
        return ibis.postgres.from_connection(connection)
    except BaseException:
        connection.close()
        raise


def select(connection: Any, query: str) -> Any:
    """A query as an Ibis expression. Ibis would make a view to learn its types, which who only reads cannot."""
    with connection.con.cursor() as cursor, connection.con.transaction():
        cursor.execute(f"SELECT * FROM ({query}\n) AS described LIMIT 0".encode())
        columns = [(item.name, _kind(item.type_display)) for item in cursor.description or ()]
    names = [name for name, _ in columns]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ConfigError(f"database.query gives the column {twice} twice: rename one with AS.")
    return connection.sql(query, schema=dict(columns))


def _kind(display: str) -> Any:
    """Ibis's type; unknown, and so cast to text by the server, where ingest has no such type."""
    import ibis.expr.datatypes as dt  # noqa: PLC0415  only who opens a database pays for it

    name, _, size = display.partition("(")
    if name == "numeric" and size:
        precision, scale = (int(part) for part in f"{size.rstrip(')')},0".split(",")[:2])
        return dt.Decimal(precision, scale) if 0 <= scale <= precision else dt.unknown
    return dt.dtype(PLAIN[name]) if name in PLAIN else dt.unknown
