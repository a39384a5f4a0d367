"""Every command of ours is on the page of commands, with all its options."""

import re
from pathlib import Path

import pytest
from django.core.management import load_command_class

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = sorted(
    (path.parts[-4], path.stem) for path in ROOT.glob("*/management/commands/*.py") if path.stem != "__init__"
)
OF_DJANGO = {
    "help",
    "version",
    "verbosity",
    "settings",
    "pythonpath",
    "traceback",
    "no_color",
    "force_color",
    "skip_checks",
}


def section(name: str) -> str:
    """The part of the page whose heading names the command."""
    page = (ROOT / "docs" / "commands.md").read_text()
    parts = re.split(r"^## ", page, flags=re.MULTILINE)
    [found] = [part for part in parts if re.search(f"`{name}[ `]", part.split("\n")[0])]
    return found


@pytest.mark.parametrize(("app", "name"), COMMANDS)
def test_every_option_of_a_command_is_documented(app: str, name: str) -> None:
    parser = load_command_class(app, name).create_parser("manage.py", name)
    options = [
        action.option_strings[-1]
        for action in parser._actions
        if action.dest not in OF_DJANGO and action.option_strings
    ]
    documented = set(re.findall(r"`(--[a-z-]+)", section(name)))
    assert set(options) <= documented
