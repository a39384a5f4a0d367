"""The walk through real orders, run command by command as its page says, against a plain computation."""

import csv
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest

from config.embedded import Layout
from config.embedded.waiting import wait_until
from tests.served import Served, free_port
from tests.visitor import Visitor

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "tutorial-online-retail.md"
AS_OF = datetime(2011, 12, 10, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")


@pytest.fixture(scope="module")
def lines_file(shared: Path) -> Path:
    file = shared / "data" / "online_retail_ii" / "online_retail_ii.parquet"
    if not file.exists():
        pytest.skip("the data set Online Retail II is not beside the project")
    return file


class Order:
    """An invoice of a known customer: when it was placed, and what it was worth."""

    def __init__(self) -> None:
        self.placed = datetime.max.replace(tzinfo=UTC)
        self.amount = 0.0


def orders_by_customer(file: Path) -> dict[str, list[Order]]:
    """All orders, straight from the lines; no part of the registry takes part."""
    columns = ["sheet", "Invoice", "Quantity", "InvoiceDate", "Price", "Customer ID"]
    orders: dict[tuple[str, str], Order] = defaultdict(Order)
    for batch in pq.ParquetFile(file).iter_batches(columns=columns):
        for sheet, invoice, quantity, date, price, customer in zip(*batch.to_pydict().values(), strict=True):
            if customer is None or invoice.startswith("C"):
                continue
            if sheet == "2009-2010" and date >= datetime(2010, 12, 1):  # noqa: DTZ001  (the file's times have no zone)
                continue
            order = orders[invoice, str(customer)]
            order.placed = min(order.placed, date.replace(tzinfo=LONDON).astimezone(UTC))
            order.amount += quantity * price
    result = defaultdict(list)
    for (_, customer), order in orders.items():
        result[customer].append(order)
    return result


def expected_members(orders: dict[str, list[Order]]) -> dict[str, set[str]]:
    local = AS_OF.astimezone(LONDON)
    year_ago = local.replace(year=local.year - 1, day=min(local.day, monthrange(local.year - 1, local.month)[1]))
    answers: dict[str, set[str]] = {"regular-buyers": set(), "over-1000-pounds": set(), "lapsed": set()}
    for customer, theirs in orders.items():
        if sum(AS_OF - timedelta(days=90) <= order.placed < AS_OF for order in theirs) >= 3:
            answers["regular-buyers"].add(customer)
        recent = [Decimal(str(round(order.amount, 2))) for order in theirs if year_ago <= order.placed < AS_OF]
        if sum(recent) > 1000:
            answers["over-1000-pounds"].add(customer)
        if all(order.placed < AS_OF - timedelta(days=180) for order in theirs):
            answers["lapsed"].add(customer)
    return answers


def commands() -> list[str]:
    return re.findall(r"^```bash\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)


def digest(members: set[str]) -> str:
    return hashlib.sha256("\n".join(sorted(members)).encode()).hexdigest()


@pytest.fixture(scope="module")
def walked(lines_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[str]]]:
    """The home after every command of the page has run, with what each of them printed."""
    home = tmp_path_factory.mktemp("walk") / "home"
    clean = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL", "LAKE_URL")}
    environment = clean | {"DATA": str(lines_file), "REGISTRY_HOME": str(home)}
    printed = []
    for block in commands():
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block.replace(".venv/bin/python", shlex.quote(sys.executable))],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        printed.append(done.stdout)
    yield home, printed
    shutil.rmtree(Layout(home).sockets, ignore_errors=True)


def test_the_walk_through_gets_exactly_what_a_plain_computation_gets(
    walked: tuple[Path, list[str]], lines_file: Path
) -> None:
    prepared, imported, answered, sql = walked[1]
    assert prepared == "5942 customers, 36975 orders\n"
    assert "new profiles: 5942" in imported
    assert "new events: 36975" in imported
    answers = [json.loads(line) for line in answered.splitlines()]
    expected = expected_members(orders_by_customer(lines_file))
    assert {answer["id"]: answer["count"] for answer in answers} == {key: len(ids) for key, ids in expected.items()}
    assert {answer["id"]: answer["sha256"] for answer in answers} == {key: digest(ids) for key, ids in expected.items()}
    assert [len(expected[key]) for key in ("regular-buyers", "over-1000-pounds", "lapsed")] == [751, 1629, 2403]
    assert sql.startswith("WITH")


def test_a_worker_sends_the_members_to_a_file_on_a_schedule(walked: tuple[Path, list[str]], lines_file: Path) -> None:
    home = walked[0]
    environment = os.environ | {"REGISTRY_HOME": str(home)}
    for name in ("DATABASE_URL", "REDIS_URL", "LAKE_URL"):
        environment.pop(name, None)
    made = subprocess.run(
        [sys.executable, "manage.py", "create_admin", "you@example.org"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    with Served(home, free_port()) as served:
        served.wait_for("ready: ")
        visitor = Visitor(f"http://127.0.0.1:{served.port}")
        visitor.submit("/sign-in/", username="you@example.org", password=made.stdout.strip())
        definition, columns = re.findall(r"^   ```json\n(.*?)^   ```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
        visitor.submit("/admin/accounts/team/add/", key="shop", name="Shop")
        visitor.submit(
            "/admin/segments/segment/add/",
            key="big-spenders-2011", name="Big spenders of 2011", team="Shop", owner="1",
            decision="They get the catalogue on paper.", review_on="2099-01-01",
        )  # fmt: skip
        visitor.submit("/admin/segments/segmentversion/add/", segment="1", definition=definition)
        visitor.submit("/admin/segments/segmentversion/", action="publish", _selected_action="1")
        visitor.submit("/admin/activations/connection/add/?kind=files", team="Shop", name="Shop", config_folder="shop")
        visitor.submit(
            "/admin/activations/activation/add/",
            key="paper-catalogue", name="Paper catalogue", segment="1", connection="Shop",
            schedule="every so often", interval="1:00:00", columns=columns,
        )  # fmt: skip
        wait_until(lambda: any(home.glob("exports/shop/**/*.json")), "the manifest of the export", home, 90)
        assert "1,629" in visitor.read("/segments/big-spenders-2011/")
    assert served.process.returncode == 0
    (added,) = home.glob("exports/shop/**/*added*.csv")
    with added.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["customer_id"] for row in rows} == expected_members(orders_by_customer(lines_file))["over-1000-pounds"]
    assert len(rows) == 1629
