"""Random valid documents over the sample catalogue, and the same documents in other words."""

from random import Random
from typing import Any

from hypothesis import strategies as st

from segments.rules.catalogue import Field, Type, Unit
from segments.rules.operators import MEASURES, Takes, operators_for
from tests.rules.sample import CATALOGUE

Json = Any

texts = st.sampled_from(["DE", "de", "", "a b", "É", "x%_", '"', "İς"]) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5
)
numbers = (
    st.integers(-1000, 1000) | st.floats(-1e11, 1e11, allow_nan=False) | st.sampled_from([0, 7.0, 0.1, 999999999999])
)
durations = st.builds(
    "{} {}".format, st.integers(1, 30), st.sampled_from(["minute", "hours", "day", "weeks", "months", "year"])
)
short_durations = st.builds("{} {}".format, st.integers(1, 30), st.sampled_from(["minutes", "hour", "days", "week"]))
dates = st.dates().filter(lambda day: 1900 <= day.year <= 2299).map(lambda day: day.isoformat())
moments = st.builds(
    "{}T{:02}:{:02}:00{}".format,
    dates,
    st.integers(0, 23),
    st.integers(0, 59),
    st.sampled_from(["Z", "+02:00", ".25Z"]),
)
instants = (
    dates
    | moments.filter(lambda text: "1900" < text[:4] < "2299")
    | durations.map(lambda duration: {"ago": duration})
    | durations.map(lambda duration: {"ahead": duration})
)
texts_list = st.lists(texts, min_size=1, max_size=4)

VALUES: dict[Takes, st.SearchStrategy[Json]] = {
    Takes.TEXT: texts,
    Takes.PART: texts.filter(bool),
    Takes.PATTERN: st.sampled_from(["^a+$", "[a-z]{2}", "x|y", r"\d"]),
    Takes.TEXTS: texts_list,
    Takes.NUMBER: numbers,
    Takes.NUMBERS: st.lists(numbers, min_size=1, max_size=4),
    Takes.NUMBER_PAIR: st.lists(numbers, min_size=2, max_size=2).map(sorted),
    Takes.PERCENT: st.integers(1, 10_000).map(lambda hundredths: hundredths / 100),
    Takes.BOOLEAN: st.booleans(),
    Takes.INSTANT: instants,
    Takes.INSTANT_PAIR: st.lists(dates, min_size=2, max_size=2).map(sorted)
    | st.tuples(dates, durations).map(lambda pair: [pair[0], {"ago": pair[1]}]),
    Takes.DURATION: durations,
    Takes.DURATION_TO_A_YEAR: st.sampled_from(["7 days", "1 year", "12 months", "1 week"]),
}


@st.composite
def comparisons(draw: st.DrawFn, type_: Type, *, trait: bool) -> dict[str, Json]:
    """An operator of the type, a value that it takes, and sometimes what may be said besides."""
    operator = draw(st.sampled_from(list(operators_for(type_, trait=trait).values())))
    document: dict[str, Json] = {"op": operator.name}
    if operator.takes is not Takes.NOTHING:
        document["value"] = draw(VALUES[operator.takes])
        document |= draw(st.sampled_from([{}, {"missing": True}, {"missing": False}]))
    if operator.ignore_case:
        document |= draw(st.sampled_from([{}, {"ignore_case": True}, {"ignore_case": False}]))
    return document


@st.composite
def traits(draw: st.DrawFn, unit: Unit) -> dict[str, Json]:
    """A TRAIT of the unit, or of the company in short."""
    field = draw(st.sampled_from(list(CATALOGUE.traits(unit).values())))
    return {"trait": field.key} | draw(comparisons(field.type, trait=True))


@st.composite
def company_traits(draw: st.DrawFn) -> dict[str, Json]:
    """``company.X`` where people are counted."""
    rule = draw(traits(Unit.COMPANY))
    return rule | {"trait": "company." + rule["trait"]}


def usable_properties(names: list[str]) -> list[Field]:
    """The properties that have one type in all these events that have them."""
    found: dict[str, set[Field]] = {}
    for name in names:
        for field in CATALOGUE.events[name].properties.values():
            found.setdefault(field.key, set()).add(field)
    return [next(iter(fields)) for fields in found.values() if len({field.type for field in fields}) == 1]


@st.composite
def matches(draw: st.DrawFn) -> tuple[dict[str, Json], list[Field]]:
    """NAMES with `where`, and the properties that may be measured."""
    names = draw(st.lists(st.sampled_from(list(CATALOGUE.events)), min_size=1, max_size=3))
    every = draw(st.integers(0, 9)) == 0
    fields = usable_properties(list(CATALOGUE.events) if every else names)
    document: dict[str, Json] = {"event": "*" if every else names[0] if len(names) == 1 else names}
    some_where: bool = draw(st.booleans())
    if fields and some_where:
        chosen: list[Field] = draw(st.lists(st.sampled_from(fields), max_size=2))
        document["where"] = [{"property": field.key} | draw(comparisons(field.type, trait=False)) for field in chosen]
    return document, fields


windows = st.one_of(
    durations.map(lambda duration: {"last": duration}),
    st.builds(
        lambda count, until: {"days": count, "until": until}, st.integers(1, 100), st.sampled_from(["today", "now"])
    ),
    st.builds(
        lambda kind, period: {kind: period},
        st.sampled_from(["this", "previous"]),
        st.sampled_from(["day", "week", "month", "quarter", "year"]),
    ),
    instants.map(lambda instant: {"from": instant}),
    instants.map(lambda instant: {"to": instant}),
    st.tuples(dates, durations).map(lambda pair: {"from": pair[0], "to": {"ago": pair[1]}}),
)


@st.composite
def events(draw: st.DrawFn) -> dict[str, Json]:
    """An EVENT of any measure."""
    document, fields = draw(matches())
    kind = draw(st.sampled_from(list(MEASURES.values())))
    measured = [field for field in fields if field.type in kind.of]
    if kind.of_required and not measured:
        return document
    if measured and (kind.of_required or draw(st.booleans())):
        document["of"] = draw(st.sampled_from(measured)).key
    if kind.name == "change":
        document["window"] = {"last": draw(durations)}
    elif draw(st.booleans()):
        document["window"] = draw(windows)
    document |= draw(st.sampled_from([{"measure": kind.name}, {}])) if kind.name == "count" else {"measure": kind.name}
    if kind.name == "count" and draw(st.booleans()):
        return document
    compared = draw(comparisons(kind.result, trait=False))
    if not kind.can_miss:
        compared.pop("missing", None)
    return document | compared


@st.composite
def sequences(draw: st.DrawFn) -> dict[str, Json]:
    """A SEQUENCE, whose last step may be absent."""
    steps = [dict(document) for document, _ in draw(st.lists(matches(), min_size=2, max_size=4))]
    for step in steps[1:]:
        if draw(st.booleans()):
            step["within"] = draw(short_durations)
    if draw(st.booleans()):
        steps[-1] |= {"within": draw(short_durations), "absent": True}
    return {"sequence": steps} | draw(st.just({}) | windows.map(lambda window: {"window": window}))


def leaves(unit: Unit) -> st.SearchStrategy[dict[str, Json]]:
    """Rules without rules inside."""
    segments = ["vips", "quiet", "paused_one"] if unit is Unit.PROFILE else ["target_accounts"]
    own = traits(unit) | company_traits() if unit is Unit.PROFILE else traits(unit)
    return (
        own
        | events()
        | sequences()
        | st.sampled_from(segments).map(lambda key: {"segment": key})
        | st.just({"everyone": True})
    )


def rules(unit: Unit, levels: int = 3) -> st.SearchStrategy[dict[str, Json]]:
    """Rules of at most that many levels, those about the other unit included."""
    if levels == 1:
        return leaves(unit)
    below = rules(unit, levels - 1)
    across = rules(Unit.COMPANY if unit is Unit.PROFILE else Unit.PROFILE, levels - 1)
    other = across.map(lambda rule: {"company": rule})
    if unit is Unit.COMPANY:
        quantifiers = st.sampled_from([{}, *({"quantifier": q} for q in ("any", "all", "none", {"at_least": 2}))])
        other = st.builds(lambda rule, quantifier: {"people": rule} | quantifier, across, quantifiers)
    groups = st.builds(
        lambda kind, children: {kind: children},
        st.sampled_from(["all", "any"]),
        st.lists(below, min_size=1, max_size=3),
    )
    return leaves(unit) | groups | below.map(lambda rule: {"not": rule}) | other


def definitions() -> st.SearchStrategy[dict[str, Json]]:
    """Whole valid documents."""
    return st.sampled_from(list(Unit)).flatmap(
        lambda unit: rules(unit).map(lambda rule: {"unit": unit.value, "rule": rule})
    )


def reworded(document: Json, random: Random) -> Json:
    """The same definition: groups and sets shuffled and repeated, keys in another order, negations doubled."""
    if isinstance(document, list):
        return [reworded(item, random) for item in document]
    if not isinstance(document, dict):
        return document
    pairs = [(key, reworded(value, random)) for key, value in document.items()]
    for position, (key, value) in enumerate(pairs):
        is_set = key in ("all", "any", "where") or (key in ("event", "value") and document.get("op") != "between")
        if is_set and isinstance(value, list):
            pairs[position] = (key, random.sample(value, len(value)) + value[:1])
        if key in ("all", "any") and isinstance(value, list):
            pairs[position] = (key, [*pairs[position][1], {"not": {"not": value[0]}}, {key: [value[-1]]}])
    random.shuffle(pairs)
    return dict(pairs)
