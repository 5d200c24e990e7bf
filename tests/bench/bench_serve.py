"""What serving a list costs: requests a second, time of whole answers, CPU and memory of the server.

python -m tests.bench.bench_serve --customers 500000
"""

from __future__ import annotations

import argparse
import http.client
import logging
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pyarrow as pa

TESTS = Path(__file__).resolve().parents[1]
TILE = 5000


def publish(customers: int) -> None:
    sys.path.insert(0, str(TESTS))
    from samples import sample
    from web import publish_table

    tile, briefing = sample(min(customers, TILE))
    table = pa.concat_tables([tile] * -(-customers // TILE)).slice(0, customers)
    ids = pa.array([f"{number:07d}" for number in range(customers)])
    folder = publish_table(table.set_column(table.column_names.index("customer_id"), "customer_id", ids), briefing)
    print(f"{customers:,} rows, Parquet {(folder / 'risk_list.parquet').stat().st_size / 1e6:.0f} MB")


def serve() -> None:
    """The server as `make serve` has it, without a rate limit, which would be what is measured otherwise."""
    sys.path.insert(0, str(TESTS))
    import uvicorn
    from web import SECRET

    from pipeline.serving.app import create_app
    from pipeline.serving.bearer import Token
    from pipeline.serving.limits import RateLimit

    logging.basicConfig(level=logging.INFO)
    config = uvicorn.Config(
        create_app(Token(SECRET), RateLimit(1e9, 1e9)),
        port=0,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
    )
    uvicorn.Server(config).run()


def memory(process: int) -> str:
    status = Path(f"/proc/{process}/status").read_text()
    now, peak = (int(re.search(rf"{name}:\s+(\d+)", status)[1]) / 1024 for name in ("VmRSS", "VmHWM"))  # type: ignore[index]
    return f"{now:.0f} MB now, {peak:.0f} MB at most"


def cpu(process: int) -> float:
    """Seconds of CPU so far: unlike a clock's they do not grow because others use the cores."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def fetch(connection: http.client.HTTPConnection, target: str, headers: dict[str, str]) -> tuple[int, int, str]:
    connection.request("GET", target, headers=headers)
    answer = connection.getresponse()
    etag, size = answer.getheader("etag", ""), 0
    while block := answer.read(1 << 20):
        size += len(block)
    return answer.status, size, etag


def measure(port: int, process: int) -> None:
    from web import BEARER

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    print(f"started: {memory(process)}")
    etag = ""
    for what, target in {
        "first page of 100 rows, the list is read": "/lists/latest?limit=100",
        "whole list, JSON": "/lists/latest",
        "whole list, CSV": "/lists/latest?format=csv",
        "band=high, JSON": "/lists/latest?band=high",
    }.items():
        began, used = time.perf_counter(), cpu(process)
        status, size, etag = fetch(connection, target, BEARER)
        spent = f"{cpu(process) - used:.1f} CPU s, {time.perf_counter() - began:.1f} s"
        print(f"{what}: {status}, {size / 1e6:.1f} MB, {spent}; {memory(process)}")
    for what, target, headers, times in (
        ("304 by ETag", "/lists/latest?band=high", {**BEARER, "if-none-match": etag}, 2000),
        ("100 rows of a filter", "/lists/latest?band=high&tier=vip&limit=100", BEARER, 200),
        ("health", "/health", {}, 2000),
        ("401", "/lists/latest", {}, 2000),
    ):
        began, used = time.perf_counter(), cpu(process)
        statuses = {fetch(connection, target, headers)[0] for _ in range(times)}
        spent = f"{1000 * (cpu(process) - used) / times:.2f} CPU ms each"
        print(
            f"{what}: {spent}, {times / (time.perf_counter() - began):.0f} requests/s one after the other, {statuses}"
        )
    print(f"at the end: {memory(process)}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, default=500_000)
    parser.add_argument("--serve", action="store_true", help="(the server's own process)")
    asked = parser.parse_args()
    if asked.serve:
        return serve()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        publish(asked.customers)
        environment = {**os.environ, "PYTHONPATH": str(TESTS.parent)}
        command = [sys.executable, "-m", "tests.bench.bench_serve", "--serve"]
        with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as server:
            try:
                measure(_port(server), server.pid)
            finally:
                server.kill()
    return None


def _port(server: subprocess.Popen[str]) -> int:
    assert server.stderr is not None
    for line in server.stderr:
        if found := re.search(r"http://127\.0\.0\.1:(\d+)", line):
            threading.Thread(target=server.stderr.read, daemon=True).start()  # or its log fills the pipe
            return int(found[1])
    raise RuntimeError("the server did not start")


if __name__ == "__main__":
    main()
