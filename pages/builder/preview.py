"""Who a rule finds now, while somebody is still writing it: counted exactly, in at most three seconds."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actors import Actor, actor_of
from lib import clock
from lib.htmx import Request
from pages.builder import words
from pages.builder.sample import Member, members
from pages.segment_frame import UNITS
from profiles.models import Unit as CountedUnit
from segments import engine, selectors
from segments.discretion import fewest_told, is_told
from segments.engine import EngineError, Preview
from segments.health import with_health
from segments.models import Segment
from segments.registry import load_labels, load_seen_catalogue
from segments.rules.catalogue import Catalogue, Unit
from segments.rules.documents import Loaded, load
from segments.rules.errors import Code, DefinitionErrors, RuleError
from segments.rules.finished import Finished, finished
from segments.rules.nodes import Definition
from segments.rules.parse import parse_loaded
from segments.rules.words import Span, describe_spans


@dataclass(slots=True)
class Shown:
    """What the fragment shows. `counted` is None where nothing could be counted; `failure` says why, if it should
    have been. `problems` are by path, as the document was written."""

    unit: Unit = Unit.PROFILE
    problems: dict[str, str] = field(default_factory=dict)
    left_out: int = 0
    is_empty: bool = False
    counted: Preview | None = None
    counts: dict[str, int | str] = field(default_factory=dict)
    fewest: int = 0
    sample: list[Member] | None = None
    spans: tuple[Span, ...] = ()
    failure: str = ""

    @property
    def noun(self) -> str:
        return _noun(self.unit)

    @property
    def unfinished(self) -> str:
        """How many conditions are not counted."""
        return words.unfinished(self.left_out)

    @property
    def outside(self) -> list[str]:
        """What is wrong with the document itself, so that no line can show it."""
        return [said for path, said in self.problems.items() if not path.startswith("rule")]

    @property
    def is_told(self) -> bool:
        """Whether this person is told the count, and not only that it is small."""
        return self.counted is not None and is_told(self.counted.count, self.counted.population, self.fewest)

    @property
    def few(self) -> str:
        """What stands in the place of a count that is not told."""
        return words.few(self.counted.count, self.fewest) if self.counted else ""

    def told(self, number: int) -> int | str:
        """The number of a node, or what stands in its place."""
        population = self.counted.population if self.counted else 0
        return number if is_told(number, population, self.fewest) else words.few(number, self.fewest)

    @property
    def percent(self) -> str:
        """The share of the population, with as many decimals as it takes to tell it from none and from all."""
        share = 100 * self.counted.share if self.counted else 0.0
        return f"{share:.1f}" if 0.05 <= share < 99.95 else f"{share:.2f}" if 0 < share < 100 else f"{share:.0f}"

    @property
    def data(self) -> dict[str, Any]:
        """What the builder draws from."""
        population = self.counted.population if self.counted else 0
        return {"counts": self.counts, "problems": self.problems, "population": population, "said": self.said}

    @property
    def said(self) -> str:
        """The result for who listens instead of looking."""
        if self.counted is None or self.is_empty:
            return ""
        count = f"{self.counted.count:,}" if self.is_told else self.few
        return _("%(count)s %(noun)s match") % {"count": count, "noun": self.noun}


def _noun(unit: Unit) -> str:
    return str(UNITS[CountedUnit(unit.value)])


@require_POST
def rule_preview(request: Request) -> HttpResponse:
    """The panel for the rule in the form, and beside it the sentence and the count of the bar."""
    actor = actor_of(request)
    key = request.POST.get("segment", "")
    rows = with_health(selectors.segments(actor=actor).select_related("published"))
    segment = rows.filter(key=key).first() if key else None
    shown = look_at(request.POST.get("definition", ""), segment, actor)
    context = {"shown": shown, "segment": segment, "now": clock.now(), "live": _live(segment, shown)}
    return render(request, "builder/preview.html", context)


def look_at(text: str, segment: Segment | None, actor: Actor) -> Shown:
    """Read what was written, and count what of it is finished."""
    shown, catalogue = Shown(), load_seen_catalogue(actor)
    try:
        loaded = load(text)
    except DefinitionErrors as errors:
        shown.problems = {error.path: error.message for error in errors.errors}
        return shown
    errors_found = _errors(loaded, catalogue, segment)
    shown.problems = {error.path: words.problem(error, loaded.document) for error in errors_found}
    cut = finished(loaded.document, errors_found)
    if isinstance(loaded.document, dict) and loaded.document.get("unit") == Unit.COMPANY.value:
        shown.unit = Unit.COMPANY
    shown.is_empty = cut.document is None and _has_no_conditions(loaded.document)
    shown.left_out = 0 if shown.is_empty else len(cut.left_out)
    _count(shown, cut, catalogue, segment, actor)
    return shown


def _errors(loaded: Loaded, catalogue: Catalogue, segment: Segment | None) -> tuple[RuleError, ...]:
    try:
        parsed = _parse(loaded, catalogue, segment)
    except DefinitionErrors as errors:
        return errors.errors
    if segment is not None and parsed.unit.value != segment.unit:
        message = _("This segment counts %(noun)s for good.") % {"noun": _noun(Unit(segment.unit))}
        return (RuleError("unit", Code.WRONG_UNIT, message),)
    return ()


def _parse(loaded: Loaded, catalogue: Catalogue, segment: Segment | None) -> Definition:
    key = segment.key if segment else None
    return parse_loaded(loaded, catalogue, default_timezone=settings.TIME_ZONE, key=key)


def _count(shown: Shown, cut: Finished, catalogue: Catalogue, segment: Segment | None, actor: Actor) -> None:
    """Count the finished part; of an empty rule, only everybody."""
    if cut.document is None and not shown.is_empty:
        return
    document = cut.document or {"unit": shown.unit.value, "rule": {"everyone": True}}
    try:
        definition = _parse(Loaded(document), catalogue, segment)
        shown.counted = engine.preview(definition, catalogue=catalogue)
    except DefinitionErrors as errors:  # what was wrong elsewhere may only show once the rest is gone
        shown.problems |= {cut.as_written(error.path): error.message for error in errors.errors}
        return
    except EngineError as error:
        shown.failure = error.message
        return
    if not shown.is_empty:
        shown.fewest = fewest_told(actor, definition, catalogue, shown.counted.as_of)
        shown.counts = {cut.as_written(path): shown.told(number) for path, number in shown.counted.nodes.items()}
        shown.spans = describe_spans(definition, load_labels())
        shown.sample = members(document, shown.unit, shown.counted.sample, actor)


def _has_no_conditions(document: object) -> bool:
    rule = document.get("rule") if isinstance(document, dict) else None
    return isinstance(rule, dict) and rule in ({"all": []}, {"any": []}, {"not": {"any": []}})


def _live(segment: Any, shown: Shown) -> dict[str, Any] | None:
    """The members of the version in force at its last good run, and how far this rule is from that."""
    if segment is None or segment.published is None or segment.good_members is None:
        return None
    is_known = shown.is_told and not shown.is_empty
    difference = shown.counted.count - segment.good_members if shown.counted and is_known else None
    return {"members": segment.good_members, "as_of": segment.good_as_of, "difference": difference}
