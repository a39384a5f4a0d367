"""The process that holds ClickHouse: reads SQL from stdin as lines of JSON, answers ids and seconds.

A process of its own, so that its threads and memory are not ours, and so that its absence is only an exit status.
Each answer is a line of JSON, then as many bytes of ids (64-bit, little endian) as it says.
"""

import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any

MISSING = 3
"""Exit status where chdb is not installed."""


def main(folder: Path, threads: int) -> int:
    """Serve until stdin ends."""
    try:
        session: Any = importlib.import_module("chdb.session")
    except ImportError:
        return MISSING
    clickhouse = session.Session(str(folder))
    clickhouse.query(f"SET max_threads = {threads}")
    clickhouse.query("CREATE DATABASE IF NOT EXISTS bench")
    clickhouse.query("USE bench")
    for line in sys.stdin:
        answer, ids = _run(clickhouse, json.loads(line))
        sys.stdout.buffer.write(json.dumps(answer | {"bytes": len(ids)}).encode() + b"\n" + ids)
        sys.stdout.buffer.flush()
    return 0


def _run(clickhouse: Any, sql: str) -> tuple[dict[str, Any], bytes]:
    started, worked = time.perf_counter(), time.process_time()
    try:
        ids = clickhouse.query(sql, "RowBinary").bytes()
    except RuntimeError as error:
        return {"error": str(error)}, b""
    return {"seconds": time.perf_counter() - started, "cpu": time.process_time() - worked}, ids or b""


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
