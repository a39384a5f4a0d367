"""The walk through real orders, run command by command as its page says, against a plain computation."""

import json
import os
import re
import subprocess
from calendar import monthrange
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest

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
