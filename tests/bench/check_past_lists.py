"""Lists of past days held against what then happened, from nothing but the list and the raw file.

    python -m tests.bench.check_past_lists                       # four dates, about a minute and a half each
    python -m tests.bench.check_past_lists --dates 2011-08-22 --keep /tmp/lists

The demo's source is cut at noon of each date, `dvc repro` runs in a clone of the present commit, and the list of that
day is read as marketing reads it: its CSV and its manifest. Who left is counted here, in one SQL statement over the
whole raw file, without any code of Ebb. Prints a table of promised and realised leavers per band, misses marked.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[2]
RAW = ROOT / "data/raw/online_retail_ii.parquet"
DATES = ("2010-10-18", "2011-01-10", "2011-05-02", "2011-08-22")
LEFT = """
    SELECT list.risk_band, count(*), sum(list.churn_probability), count(*) FILTER (WHERE later.id IS NULL)
    FROM read_csv('{csv}', all_varchar = true, header = true) AS raw_list
    CROSS JOIN LATERAL (SELECT raw_list.customer_id AS id, raw_list.risk_band AS risk_band,
                               CAST(raw_list.churn_probability AS DOUBLE) AS churn_probability) AS list
    LEFT JOIN (
        SELECT DISTINCT CAST("Customer ID" AS VARCHAR) AS id FROM read_parquet('{raw}')
        WHERE regexp_matches(StockCode, '^[0-9]{{5}}') AND Price > 0 AND Invoice NOT LIKE 'C%'
          AND InvoiceDate >= TIMESTAMP '{day}' AND InvoiceDate < TIMESTAMP '{day}' + INTERVAL 91 DAY
    ) AS later ON later.id = list.id
    GROUP BY 1 ORDER BY 1
"""


def made(day: str, folder: Path) -> Path:
    """The folder of the list that a clone makes from what was known at noon of a day."""
    subprocess.run(["git", "clone", "-q", str(ROOT), str(folder)], check=True)
    target = folder / "data/raw/online_retail_ii.parquet"
    query = f"SELECT * FROM read_parquet('{RAW}') WHERE InvoiceDate < TIMESTAMP '{day} 12:00:00'"
    duckdb.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet)")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "DVC_NO_ANALYTICS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
    done = subprocess.run(["dvc", "repro"], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    (folder / "repro.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    if done.returncode:
        raise SystemExit(f"dvc repro failed for {day}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return folder / "data/lists/latest"


def main() -> None:
    """Make the lists and print what became of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dates", nargs="+", default=list(DATES))
    parser.add_argument("--keep", type=Path, help="folder that keeps the clones")
    args = parser.parse_args()
    print(
        "| list of | grade | band | customers | promised | 95% interval | left | |\n|---|---|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as scratch:
        for day in args.dates:
            folder = made(day, (args.keep or Path(scratch)) / day)
            manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            as_of = manifest["as_of"]  # a day earlier where the shop was shut that morning
            total = [0.0, 0.0, 0.0]
            sql = LEFT.format(csv=folder / "risk_list.csv", raw=RAW, day=as_of)
            for band, customers, promised, left in duckdb.execute(sql).fetchall():
                item = manifest["bands"][band]
                verdict = "" if item["low"] <= left <= item["high"] else "**miss**"
                interval = f"{item['low']:.0f} to {item['high']:.0f}"
                shown = f"{customers:,} | {promised:.0f} | {interval} | {left:,} | {verdict}"
                print(f"| {as_of} | {manifest['grade']['letter']} | {band} | {shown} |", flush=True)
                total = [a + b for a, b in zip(total, (customers, promised, left), strict=True)]
            shares = f"{total[1]:.0f} ({total[1] / total[0]:.1%}) | | {total[2]:.0f} ({total[2] / total[0]:.1%}) | |"
            print(f"| {as_of} | | all | {total[0]:,.0f} | {shares}", flush=True)


if __name__ == "__main__":
    main()
