"""The walk through two years of real orders (docs/tutorial-online-retail.md), done by API with a token of an editor.

Only what makes orders of invoice lines, and the editor's account, come from commands; everything else is HTTP. Members
are compared with a plain computation.
"""

import csv
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.embedded import Layout
from config.embedded.waiting import wait_until
from tests.served import ROOT, Served, free_port
from tests.test_tutorial import commands, expected_members, lines_file, orders_by_customer

__all__ = ["lines_file"]

ORDER: dict[str, Any] = {"event": "Order placed"}
END = "2011-12-10T00:00:00Z"
RULES: dict[str, dict[str, Any]] = {
    "regular-buyers": ORDER | {"op": "gte", "value": 3, "window": {"from": "2011-09-11T00:00:00Z", "to": END}},
    "over-1000-pounds": ORDER
    | {"measure": "sum", "of": "amount", "op": "gt", "value": 1000}
    | {"window": {"from": "2010-12-10T00:00:00Z", "to": END}},
    "lapsed": {"all": [ORDER, ORDER | {"op": "eq", "value": 0, "window": {"from": "2011-06-13T00:00:00Z", "to": END}}]},
}
"""The page's three questions, as of the day after the data end."""

SET_UP = """
from accounts.actors import INSTALLATION
from accounts.models import Team, TeamMember, User
editor = User.objects.create_user("editor@example.org", sees_personal_data=True)
TeamMember.objects.create(team=Team.objects.create(key="shop", name="Shop"), user=editor, role="editor")
"""


class Program:
    """An API client that knows nothing but an address and a token."""

    def __init__(self, here: str, token: str) -> None:
        self.here, self.token = here, token

    def call(self, method: str, path: str, body: object = None) -> Any:
        """The JSON answer. Raises AssertionError with the problem for any other than 2xx."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.here}{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                self.location = answer.headers.get("Location", "")
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read().decode()}") from error

    def send(self, path: str, file: Path) -> None:
        """A file as the body of a PUT."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Length": str(file.stat().st_size)}
        with file.open("rb") as body:
            request = urllib.request.Request(f"{self.here}{path}", body, headers, method="PUT")
            with urllib.request.urlopen(request, timeout=30) as answer:
                assert answer.status == 200

    def members(self, key: str) -> set[str]:
        """All pages."""
        page = self.call("GET", f"/api/v1/segments/{key}/members?limit=1000")
        found = list(page["results"])
        while page["next"]:
            page = self.call("GET", page["next"].removeprefix(self.here))
            found += page["results"]
        assert len(found) == len(set(found)) == page["total"]
        return set(found)


@pytest.fixture(scope="module")
def served(lines_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("walk-by-api") / "home"
    with Served(home, free_port(), {"DATA": str(lines_file)}) as one:
        one.wait_for("ready: ")
        yield one
    shutil.rmtree(Layout(home).sockets, ignore_errors=True)


def run(command: list[str], served: Served) -> str:
    done = subprocess.run(command, cwd=ROOT, env=served.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_editor_s_token_does_the_whole_walk(served: Served, lines_file: Path) -> None:
    block = commands()[0]  # orders from lines
    run(["bash", "-euo", "pipefail", "-c", block.replace(".venv/bin/python", shlex.quote(sys.executable))], served)
    run([sys.executable, "manage.py", "shell", "-c", SET_UP], served)
    scopes = "read,write,members:read"
    made = run([sys.executable, "manage.py", "create_token", "editor@example.org", "--scopes", scopes], served)
    program = Program(f"http://127.0.0.1:{served.port}", made.strip())
    expected = expected_members(orders_by_customer(lines_file))
    _import(program, served, "customers.csv", kind="profiles")
    _import(program, served, "orders.csv", kind="events", event="Order placed", timezone="Europe/London")
    for key, rule in RULES.items():
        _publish(program, key, rule)
    for key in RULES:
        program.call("POST", f"/api/v1/segments/{key}/recompute", {})
        _reach(program, program.location, "succeeded", served)
        assert program.members(key) == expected[key], key
    _export(program, "over-1000-pounds", served)
    [added] = served.home.glob("exports/shop/**/*added*.csv")
    with added.open(newline="") as file:
        assert {row["customer_id"] for row in csv.DictReader(file)} == expected["over-1000-pounds"]
    assert "HERE" not in os.environ


def _import(program: Program, served: Served, name: str, **options: str) -> None:
    """A file of the page, its types looked at and accepted, every row taken."""
    file = served.home / "walk" / name
    program.call("POST", "/api/v1/imports", {"team": "shop", "source": "shop", **options})
    where = program.location
    program.send(f"{where}/file", file)
    _reach(program, where, "waiting", served)
    assert {one["type"] for one in program.call("GET", where)["additions"] if "type" in one} <= {"text", "number"}
    program.call("POST", f"{where}/accept", {})
    _reach(program, where, "succeeded", served)
    with file.open() as lines:
        assert program.call("GET", where)["counts"]["new"] == sum(1 for _ in lines) - 1


def _reach(program: Program, where: str, state: str, served: Served) -> None:
    def is_there() -> bool:
        return str(program.call("GET", where)["state"]) == state

    wait_until(is_there, f"{where} {state}", Layout(served.home).folder / "postgres.log", 90)


def _publish(program: Program, key: str, rule: dict[str, Any]) -> None:
    contract = {"key": key, "name": key, "team": "shop", "owner": "editor@example.org", "review_on": "2099-01-01"}
    program.call("POST", "/api/v1/segments", {**contract, "decision": "They get the catalogue on paper."})
    definition = {"unit": "profile", "timezone": "Europe/London", "rule": rule}
    preview = program.call("POST", "/api/v1/segments/preview", {"definition": definition})
    version = program.call("POST", f"/api/v1/segments/{key}/versions", {"definition": definition})
    assert re.fullmatch("[0-9a-f]{64}", version["sha256"])
    assert preview["sha256"] == version["sha256"]
    published = program.call("POST", f"/api/v1/segments/{key}/versions/{version['number']}/publish", {})
    assert (published["state"], published["published"]["number"]) == ("live", 1)


def _export(program: Program, key: str, served: Served) -> None:
    made = {"team": "shop", "kind": "files", "name": "Shop", "config": {"folder": "shop"}}
    connection = program.call("POST", "/api/v1/connections", made)
    columns = [{"to": "customer_id", "identifier": "external_id"}, {"to": "country", "trait": "country"}]
    schedule = {"schedule": "interval", "interval_seconds": 3600, "columns": columns}
    sent = {"key": "paper", "name": "Paper", "segment": key, "connection": connection["id"], **schedule}
    program.call("POST", "/api/v1/activations", sent)

    def is_done() -> bool:
        runs = program.call("GET", "/api/v1/sync-runs?activation=paper")["results"]
        return bool(runs) and runs[0]["state"] == "succeeded" and runs[0]["added"] == 1629

    wait_until(is_done, "the first sync on its schedule", Layout(served.home).folder / "postgres.log", 90)
