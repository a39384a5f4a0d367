"""Lines that tests print at the end of the run, from whatever process they ran in: `printed("10,000 pairs")`."""

from collections.abc import Callable

import pytest

KEY = "printed"


@pytest.fixture
def printed(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Prints a line in the summary of the run."""
    return lambda line: record_property(KEY, line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Writes the lines of every test under its name; workers send them with their reports."""
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.stats.get(outcome, [])]
    telling = [report for report in reports if any(key == KEY for key, _ in report.user_properties)]
    if telling:
        terminalreporter.section("what was counted")
    for report in sorted(telling, key=lambda report: report.nodeid):
        terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]} ({report.duration:.0f} s)")
        for key, line in report.user_properties:
            if key == KEY:
                terminalreporter.write_line(f"  {line}")
