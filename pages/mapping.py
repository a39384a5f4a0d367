"""The mapping of an activation as rows of a form: what we know on the left, the tool's field on the right.

A row is named by its source (`identifier:email`, `trait:plan`), so that a row means the same when it comes back,
whatever was added to the catalogue in between.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from activations.columns import IDENTIFIERS, FixedColumn, IdentifierColumn, Source, parse
from activations.formats import formats
from pages.activation import IDENTIFIERS as IDENTIFIER_WORDS
from profiles.models import TraitDefinition

MATCH, SENT, TO, AS = "match", "sent", "to:", "as:"
"""Names of the fields of the form: which row is the match key, which are sent, each row's name over there, and how it
is written there."""
FIXED_TO, FIXED_VALUE = "fixed-to", "fixed-value"
"""One more field that holds the same for everybody."""


@dataclass(slots=True)
class Row:
    """One thing that can be sent. `column` is what it adds to the mapping but for its name over there."""

    name: str
    label: str
    type: str
    column: dict[str, Any]
    to: str
    is_sent: bool = False
    is_key: bool = False
    error: str = ""

    @property
    def is_identifier(self) -> bool:
        return "identifier" in self.column

    @property
    def field(self) -> str:
        return TO + self.name

    @property
    def format_field(self) -> str:
        return AS + self.name

    @property
    def format(self) -> str:
        return str(self.column.get("format", ""))

    @property
    def formats(self) -> list[tuple[str, str]]:
        """The ways in which it can be written, by name and label; none for what is not text."""
        if "value" in self.column or self.column.get("otherwise"):
            return []
        kind = self.column.get("identifier", "")
        return [
            (name, form.label) for name, form in formats().items() if form.of == kind or not (kind or form.is_phone)
        ]


def rows_of(unit: str, columns: Any, usual_key: str) -> list[Row]:
    """What is sent now in its order, then whatever else could be; of a new mapping `usual_key` is sent."""
    known = {trait.key: trait for trait in TraitDefinition.objects.filter(unit=unit).order_by("label", "key")}
    rows = [_sent(source, known) for source in _readable(columns)]
    _number(rows)
    key = next((row for row in rows if row.is_identifier), None)
    if key is not None:
        key.is_key = True
    taken = {row.name for row in rows}
    for identifier in IDENTIFIERS[unit]:
        name = f"identifier:{identifier}"
        if name not in taken:
            is_usual = key is None and identifier == usual_key
            words = str(IDENTIFIER_WORDS[identifier])
            column = {"identifier": str(identifier)}
            rows.append(Row(name, words, _("identifier"), column, str(identifier), is_usual, is_usual))
    for trait in known.values():
        if f"trait:{trait.key}" not in taken:
            rows.append(_of_trait(trait))
    return rows


def _readable(columns: Any) -> Sequence[Source]:
    try:
        return parse(columns)
    except ValidationError:
        return ()


def _sent(source: Source, known: Mapping[str, TraitDefinition]) -> Row:
    column = source.model_dump(mode="json", exclude={"to"}, exclude_defaults=True)
    if isinstance(source, FixedColumn):
        return Row(
            f"fixed:{source.to}", str(source.value), _("the same for everybody"), column, source.to, is_sent=True
        )
    if isinstance(source, IdentifierColumn):
        words = str(IDENTIFIER_WORDS[source.identifier])
        return Row(f"identifier:{source.identifier}", words, _("identifier"), column, source.to, is_sent=True)
    trait = known.get(source.trait)
    label = (trait.label or trait.key) if trait else source.trait
    kind = trait.get_type_display() if trait else _("no longer in the catalogue")
    return Row(f"trait:{source.trait}", label, kind, column, source.to, is_sent=True)


def _of_trait(trait: TraitDefinition) -> Row:
    label = trait.label or trait.key
    return Row(f"trait:{trait.key}", label, trait.get_type_display(), {"trait": trait.key}, trait.key)


def _number(rows: Sequence[Row]) -> None:
    """Tell apart what is sent twice under two names."""
    seen: dict[str, int] = {}
    for row in rows:
        seen[row.name] = seen.get(row.name, 0) + 1
        if seen[row.name] > 1:
            row.name = f"{row.name}#{seen[row.name]}"


class MappingWidget(forms.Widget):
    """Reads the rows that came back; the page draws them itself."""

    def __init__(self, rows: Sequence[Row]) -> None:
        super().__init__()
        self.rows = rows

    def value_from_datadict(self, data: Mapping[str, Any], _files: Any, _name: str) -> list[Row]:
        """The rows as the person left them."""
        sent = set(data.getlist(SENT)) if isinstance(data, MultiValueDict) else set()
        for row in self.rows:
            row.is_key = row.is_identifier and data.get(MATCH) == row.name
            row.is_sent = row.is_key or row.name in sent
            row.to = str(data.get(row.field, row.to)).strip()
            row.column = _with_format(row, str(data.get(row.format_field, row.format)))
        return [*self.rows, *_fixed(data)]


def _with_format(row: Row, name: str) -> dict[str, Any]:
    """The column, written in a format if it is one of its own."""
    without = {key: value for key, value in row.column.items() if key != "format"}
    return {**without, "format": name} if name in dict(row.formats) else without


def _fixed(data: Mapping[str, Any]) -> list[Row]:
    """The row of what was entered for everybody alike, if it was."""
    to, value = (str(data.get(name, "")).strip() for name in (FIXED_TO, FIXED_VALUE))
    if not to and not value:
        return []
    return [Row(f"fixed:{to}", value, _("the same for everybody"), {"value": value}, to, is_sent=True)]


class MappingField(forms.Field):
    """Cleans to the `columns` of an activation, the match key first. What is wrong with a row is said at the row."""

    widget: MappingWidget

    def __init__(self, rows: Sequence[Row]) -> None:
        super().__init__(widget=MappingWidget(rows))

    def clean(self, value: Sequence[Row]) -> list[dict[str, Any]]:
        """Raises `ValidationError` where a row is wrong or no identifier is the match key."""
        sent = sorted((row for row in value if row.is_sent), key=lambda row: not row.is_key)
        names = [row.to for row in sent]
        for place, row in enumerate(sent):
            if not row.to:
                row.error = _("Enter the name of the field over there.")
            elif row.to in names[:place]:
                row.error = _("Another row has this name: each needs its own.")
        if not any(row.is_key for row in sent):
            raise ValidationError(_("Choose the match key: by what the tool recognises people."))
        if any(row.error for row in sent):
            raise ValidationError(_("Some rows can't be sent like this; they say why."))
        return [{"to": row.to, **row.column} for row in sent]
