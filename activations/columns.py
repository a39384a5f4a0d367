"""The mapping of an activation: which identifiers and traits are sent, under which names, in which order."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic import ValidationError as ShapeError

from activations.destinations.base import Column, ColumnType, Policy
from activations.formats import formats
from activations.formats.base import Format
from profiles.models import Identity, TraitDefinition, TraitType, Unit

MOST_COLUMNS = 100
"""PostgreSQL builds one array of at most 100 arguments from them."""

IDENTIFIERS: Mapping[str, tuple[str, ...]] = {
    Unit.PROFILE: (Identity.Kind.EXTERNAL_ID, Identity.Kind.EMAIL, Identity.Kind.PHONE),
    Unit.COMPANY: (Identity.Kind.EXTERNAL_ID,),
}
TYPES = {
    TraitType.TEXT: ColumnType.TEXT,
    TraitType.NUMBER: ColumnType.NUMBER,
    TraitType.BOOLEAN: ColumnType.BOOLEAN,
    TraitType.DATETIME: ColumnType.DATETIME,
    TraitType.LIST: ColumnType.LIST,
}


FIXED = {str: ColumnType.TEXT, float: ColumnType.NUMBER, int: ColumnType.NUMBER, bool: ColumnType.BOOLEAN}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    to: str = Field(min_length=1, max_length=200)
    escape: bool | None = None
    policy: Policy = Policy.OVERWRITE


class _Written(_Strict):
    """What is known of a member. `format` is how the tool wants it (``meta.EMAIL``), `country` the trait that tells how
    to read a national phone number."""

    format: str = ""
    country: str = "country"

    @property
    def form(self) -> Format | None:
        return formats().get(self.format)


class IdentifierColumn(_Written):
    """``{"to": "E-mail", "identifier": "email"}``; `otherwise` names the next ones, for whoever has none of it."""

    identifier: Literal["external_id", "email", "phone"]
    otherwise: tuple[Literal["external_id", "email", "phone"], ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """By priority."""
        return (self.identifier, *self.otherwise)


class TraitColumn(_Written):
    """``{"to": "Plan", "trait": "plan"}``; `escape` overrules the rule for formula characters."""

    trait: str = Field(min_length=1)


class FixedColumn(_Strict):
    """``{"to": "origin", "value": "registry"}``: the same for everybody."""

    value: str | float | bool


Source = IdentifierColumn | TraitColumn | FixedColumn
_SHAPE: TypeAdapter[list[Source]] = TypeAdapter(Annotated[list[Source], Field(min_length=1, max_length=MOST_COLUMNS)])


def parse(document: object) -> tuple[Source, ...]:
    """The stored mapping as objects. Raises Django's `ValidationError` that says where it is wrong."""
    try:
        return tuple(_SHAPE.validate_python(document))
    except ShapeError as error:
        where = {".".join(str(part) for part in found["loc"]): found["msg"] for found in error.errors()}
        found = [f"Columns, at {place or 'the top'}: {message}." for place, message in where.items()]
        raise ValidationError({"columns": found}) from None


def key_of(sources: Sequence[Source]) -> IdentifierColumn:
    """The column that people are recognised by over there: the first identifier."""
    for source in sources:
        if isinstance(source, IdentifierColumn):
            return source
    message = "Columns: none is an identifier, so the tool could not tell one member from another."
    raise ValidationError({"columns": message})


def check(document: object, *, unit: str) -> tuple[Source, ...]:
    """`parse`, and that the unit has these identifiers, the catalogue these traits, and vendors these formats."""
    sources = parse(document)
    key_of(sources)
    known = _trait_types(sources, unit)
    problems = []
    names = [source.to for source in sources]
    for place, source in enumerate(sources):
        if source.to in names[:place]:
            problems.append(f"Columns, at {place}.to: two columns are called '{source.to}'.")
        if isinstance(source, IdentifierColumn):
            problems += _check_identifier(place, source, unit)
        if isinstance(source, TraitColumn) and source.trait not in known:
            problems.append(f"Columns, at {place}.trait: the catalogue has no {unit} trait '{source.trait}'.")
        if isinstance(source, _Written) and source.format and source.form is None:
            problems.append(f"Columns, at {place}.format: there is no format '{source.format}'.")
    if problems:
        raise ValidationError({"columns": problems})
    return sources


def _check_identifier(place: int, source: IdentifierColumn, unit: str) -> list[str]:
    problems = [
        f"Columns, at {place}.identifier: a {unit} has no {kind}."
        for kind in source.kinds
        if kind not in IDENTIFIERS[unit]
    ]
    if len(set(source.kinds)) < len(source.kinds):
        problems.append(f"Columns, at {place}.otherwise: an identifier is named twice.")
    if source.otherwise and source.format:
        problems.append(f"Columns, at {place}.format: a format is for one kind of identifier, and this has several.")
    return problems


def resolve(sources: Sequence[Source], *, unit: str) -> tuple[Column, ...]:
    """The columns as destinations see them, with the types that the catalogue has now."""
    known = _trait_types(sources, unit)
    key = key_of(sources)
    return tuple(
        Column(source.to, _type_of(source, known), source is key, source.escape, source.policy) for source in sources
    )


def _type_of(source: Source, known: Mapping[str, Any]) -> ColumnType:
    if isinstance(source, FixedColumn):
        return FIXED[type(source.value)]
    if source.form is not None:
        return ColumnType.PHONE if source.form.is_phone else ColumnType.IDENTIFIER
    if isinstance(source, TraitColumn):
        return TYPES[TraitType(known.get(source.trait, TraitType.TEXT))]
    return ColumnType.PHONE if source.kinds == ("phone",) else ColumnType.IDENTIFIER


def _trait_types(sources: Sequence[Source], unit: str) -> dict[str, str]:
    wanted = [source.trait for source in sources if isinstance(source, TraitColumn)]
    return dict(TraitDefinition.objects.filter(unit=unit, key__in=wanted).values_list("key", "type"))
