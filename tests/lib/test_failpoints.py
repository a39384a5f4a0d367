"""Fail-points kill where they are told to, and nowhere else."""

import signal
import subprocess
import sys

import pytest

from lib import failpoints

PROGRAM = """
from lib import failpoints
failpoints.declare("here", "there")
for number in range(4):
    failpoints.reach("here")
    print(number, flush=True)
"""


def run(setting: str) -> subprocess.CompletedProcess[str]:
    environment = {failpoints.ENVIRONMENT: setting}
    return subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("setting", "printed"), [("here", ""), ("here:1", ""), ("here:3", "0\n1\n")])
def test_the_process_dies_at_its_point_the_nth_time(setting: str, printed: str) -> None:
    ended = run(setting)
    assert (ended.returncode, ended.stdout) == (-signal.SIGKILL, printed)


@pytest.mark.parametrize("setting", ["", "there", "here:5"])
def test_it_lives_where_nothing_is_meant_for_it(setting: str) -> None:
    ended = run(setting)
    assert (ended.returncode, ended.stdout) == (0, "0\n1\n2\n3\n")


def test_a_point_that_no_module_declares_is_an_error() -> None:
    with pytest.raises(KeyError, match="nowhere"):
        failpoints.reach("nowhere")
