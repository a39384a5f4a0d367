"""A small company whose segments are counted, and whose signals are taken."""

import pytest

from accounts.models import Team
from profiles.models import EventType
from segments.increments.work import work
from tests.segments import data


@pytest.fixture
def team() -> Team:
    """With traits and an event in the catalogue."""
    data.make_trait("plan", "text")
    data.make_trait("score", "number")
    data.make_trait("size", "number", unit="company")
    return data.make_team()


@pytest.fixture
def ordered(team: Team) -> EventType:
    """An event of the catalogue."""
    return data.make_event_type("ordered", total="number")


def take() -> int:
    """Take all signals that hold now; answers how many micro-batches they made."""
    return work()
