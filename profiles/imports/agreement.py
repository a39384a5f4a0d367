"""An import that nobody sits in front of: what it tells is kept on its row, and its types wait for somebody's word."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connections

from profiles.imports import outcomes
from profiles.ingest.agreement import Agreement
from profiles.ingest.plan import Plan
from profiles.ingest.progress import Step
from profiles.ingest.refusals import ImportRefusedError
from profiles.ingest.rows import kind_of
from profiles.models import Import, Source

MOST_ADDITIONS = 1000


class NotAcceptedError(Exception):
    """Somebody has to agree first to what is on the row as `additions`."""


@dataclass(frozen=True, slots=True)
class RowAgreement(Agreement):
    """Tells and asks by the row of an import that a worker holds."""

    row: Import

    def say(self, text: str) -> None:
        self.row.notes.append(outcomes.in_words_of_the_api(text))

    def tell(self, step: Step) -> None:
        """Called from the thread that reads ahead, which has no connection of its own for longer than this."""
        shown = {"verb": step.verb, "rows": step.rows, "share": round(step.share, 3)}
        Import.objects.filter(pk=self.row.pk, fence=self.row.fence).update(step=shown)
        connections.close_all()

    def show(self, plan: Plan, source: Source | None) -> None:
        """Raises `ImportRefusedError` for more than anybody means: nothing leaves the catalogue again."""
        self.row.additions = _additions(plan, source)
        if (number := len(self.row.additions)) > MOST_ADDITIONS:
            self.row.additions = []
            raise ImportRefusedError(
                f"file would add {number:,} traits or events to the catalogue, at most {MOST_ADDITIONS:,} are added at"
                " once: leave columns out with --skip, or say which column is the event's name with --map COLUMN=event"
            )

    def ask(self, plan: Plan) -> None:
        """Raises `NotAcceptedError` for what nobody has agreed to."""
        agreed = [_without_note(one) for one in self.row.accepted]
        if any(_without_note(one) not in agreed for one in _additions(plan, None)):
            raise NotAcceptedError


def _additions(plan: Plan, source: Source | None) -> list[dict[str, Any]]:
    """What is new in the catalogue, without values of the file."""
    found: list[dict[str, Any]] = [{"kind": "event", "name": name} for name in plan.new_events]
    kind = "property" if plan.unit is None else f"{plan.unit} trait"
    for item in plan.items:
        owner = {"event": item.owner} if item.owner else {}
        note = {"note": kind_of(outcomes.in_words_of_the_api(item.note))} if item.note else {}
        found.append({"kind": kind, **owner, "name": item.key, "type": item.type, **note})
    if source is not None and source._state.adding:
        found.append({"kind": "source", "name": source.key})
    return found


def _without_note(addition: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in addition.items() if name != "note"}
