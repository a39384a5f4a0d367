"""The survey tool of Harbourline: a source that keeps no promise, so that the data map has something to tell.

Its last answer is twelve days old, it has taken back the scores of many, and nobody has described what it brings.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from demo.beginning import Beginning
from demo.world import DAYS, SEED
from demo.world.cast import Cast
from demo.world.people import Person
from demo.world.rows import instant

SOURCE = "surveys"
ANSWERED = "Survey answered"
SILENT = 12
"""Days since its last answer."""
EVERY = 5
"""One person of so many at a company has answered."""
TAKEN_BACK = 0.4
"""The share of the scores that it has taken back."""
FEATURES = ("invoices", "projects", "reports", "time tracking")


def people(beginning: Beginning, cast: Cast) -> Path:
    """What it says of people, as a file of the past."""
    return _write(beginning.folder / "surveys-people.jsonl", map(_said, _asked(cast)))


def answers(beginning: Beginning, cast: Cast) -> Path:
    """Its answers as events, up to the day on which it fell silent."""
    return _write(beginning.folder / "surveys-answers.jsonl", (_answer(beginning, each) for each in _asked(cast)))


def taken_back(beginning: Beginning, cast: Cast) -> Path:
    """The scores that it has taken back since."""
    gone = [person for person in _asked(cast) if _chance(person, "back").random() < TAKEN_BACK]
    rows = ({"external_id": person.key, "nps_score": None} for person in gone)
    return _write(beginning.folder / "surveys-taken-back.jsonl", rows)


def _asked(cast: Cast) -> list[Person]:
    return [person for person in cast.people if person.company and person.number % EVERY == 0]


def _said(person: Person) -> dict[str, Any]:
    random = _chance(person, "traits")
    mobile = f"+49 1520 {random.randrange(10**6, 10**7)}" if random.random() < 0.4 else None
    told = {"nps_score": _score(person), "favourite_feature": random.choice(FEATURES), "mobile_phone": mobile}
    return {"external_id": person.key, **{key: value for key, value in told.items() if value is not None}}


def _answer(beginning: Beginning, person: Person) -> dict[str, Any]:
    day = DAYS - SILENT - _chance(person, "day").randrange(80)
    properties = {"score": _score(person), "channel": _chance(person, "channel").choice(("e-mail", "app"))}
    told = {"event": ANSWERED, "userId": person.key, "timestamp": instant(beginning.today, day)}
    return {**told, "messageId": f"{SOURCE}-{person.number}", "properties": properties}


def _score(person: Person) -> int:
    return _chance(person, "score").choice((2, 4, 5, 6, 7, 8, 8, 9, 9, 10))


def _chance(person: Person, what: str) -> Random:
    return Random(f"{SEED}/{SOURCE}/{what}/{person.number}")  # noqa: S311  (the same each time, nothing secret)


def _write(path: Path, rows: Iterator[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path
