"""docs/api.md, command by command, against a registry that is really served; and every kind of problem it lists."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from config.embedded import Layout
from tests.served import ROOT, Served, free_port

PAGE = ROOT / "docs" / "api.md"
BLOCK = re.compile(r"^```(bash|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "---- end of block ----"


def blocks() -> list[tuple[str, str]]:
    """Each command, with the answer that the page shows right below it, or nothing."""
    found = [(match[1], match[2], match.start(), match.end()) for match in BLOCK.finditer(PAGE.read_text())]
    shown = {}
    for (kind, _, _, end), (next_kind, text, start, _) in pairwise(found):
        if (kind, next_kind) == ("bash", "json") and start - end <= 1:
            shown[end] = text
    return [(text, shown.get(end, "")) for kind, text, _, end in found if kind == "bash"]


def differences(shown: Any, answered: Any, path: str = "") -> Iterator[str]:
    """Where the answer is not what the page shows; "..." stands for anything."""
    if shown == "..." or shown == answered:
        return
    if isinstance(shown, dict) and isinstance(answered, dict) and set(shown) == set(answered):
        for key, value in shown.items():
            yield from differences(value, answered[key], f"{path}.{key}")
    elif isinstance(shown, list) and isinstance(answered, list) and len(shown) == len(answered):
        for place, value in enumerate(shown):
            yield from differences(value, answered[place], f"{path}[{place}]")
    else:
        yield f"{path}: the page shows {shown!r}, the answer is {answered!r}"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("api") / "home"
    with Served(home, free_port()) as one:
        one.wait_for("ready: ")
        yield one
    shutil.rmtree(Layout(home).sockets, ignore_errors=True)


def test_every_command_of_the_page_works_and_answers_what_it_shows(served: Served) -> None:
    commands = blocks()
    script = f"echo; echo '{MARK}'\n".join(text for text, _ in commands)
    environment = {**served.environment, "HERE": f"http://127.0.0.1:{served.port}"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script.replace(".venv/bin/python", shlex.quote(sys.executable))],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    printed = done.stdout.split(MARK)
    assert done.returncode == 0, f"{printed[-1]}\n{done.stderr[-2000:]}"
    wrong = [
        f"{command.strip()[:90]}: {difference}"
        for (command, shown), answer in zip(commands, printed, strict=True)
        if shown
        for difference in differences(json.loads(shown), json.loads(answer))
    ]
    assert wrong == []
    assert len(commands) >= 20
    members = served.home / "walk"
    assert (members / "members.csv").read_text().split() == ["external_id", "ann", "cat"]
    lines = [json.loads(line) for line in (members / "members.ndjson").read_text().splitlines()]
    assert lines == [{"external_id": "ann"}, {"external_id": "cat"}]


def test_there_is_a_command_for_each_main_job() -> None:
    """Of what DESIGN section 8 and issue 4 name; `{}` stands for whatever names one thing."""
    jobs = """
        me segments segments/{} segments/preview segments/{}/versions segments/{}/versions/{}/publish segments/{}/plan
        segments/{}/sql segments/{}/members segments/{}/history segments/{}/runs segments/{}/explain
        segments/{}/recompute segments/{}/pause segments/{}/resume memberships/check profiles/{} profiles/{}/segments
        companies companies/{} catalogue data-map rules/schema imports destinations connections connections/{}/test
        activations activations/{} activations/{}/sync activations/{}/pause activations/{}/resume sync-runs
        teams teams/{}/members tokens tokens/{} audit
    """
    text = "".join(command for command, _ in blocks())
    called = set(re.findall(r"\$HERE/api/v1/([\w/.$-]+)", text))
    patterns = {job: re.compile(job.replace("{}", "[^/]+")) for job in jobs.split()}
    lacking = [job for job, pattern in patterns.items() if not any(map(pattern.fullmatch, called))]
    assert lacking == []
    assert {"$HERE$RUN", "$HERE$SYNC/cancel", "$HERE$IMPORT/file", "$HERE$IMPORT/accept"} <= set(text.split())


def test_the_page_lists_every_kind_of_problem_that_the_code_knows() -> None:
    listed = set(re.findall(r"`([a-z_]+)`", PAGE.read_text().partition("| status | type |")[2]))
    raised = set()
    for folder in ("lib", "accounts", "profiles", "segments", "activations"):
        for path in Path(ROOT / folder).rglob("*.py"):
            raised |= set(re.findall(r'Problem\(\s*HTTPStatus\.[A-Z_]+,\s*"([a-z_]+)"', path.read_text()))
    assert raised - listed == set()


def test_no_command_of_the_page_needs_more_than_its_variables() -> None:
    text = "".join(command for command, _ in blocks())
    used = set(re.findall(r"\$\{?([A-Z_]+)", text))
    assert (
        used - {"HERE", "REGISTRY_HOME", "TOKEN", "RUN", "TAG", "CONNECTION", "SYNC", "TIME", "IMPORT", "PREFIX"}
        == set()
    )
    assert "HERE" not in os.environ
