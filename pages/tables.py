"""The catalogue as a table: columns, how they sort, which template draws a cell."""

from typing import TYPE_CHECKING, Any

import django_tables2 as tables
from django.db.models import Case, F, QuerySet, Value, When
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from segments.health import Health

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

CELLS = "segments/cells"
URGENCY = Case(*(When(health=health, then=Value(place)) for place, health in enumerate(Health)))
Ordered = tuple[QuerySet[Any], bool]


def ordered(queryset: QuerySet[Any], expression: Any, *, is_descending: bool) -> Ordered:
    """Sorted by an expression, what is not known last, equals by name; True tells django-tables2 that it is done."""
    first = expression.desc(nulls_last=True) if is_descending else expression.asc(nulls_last=True)
    return queryset.order_by(first, Lower("name"), "pk"), True


class Listed(tables.Table):  # type: ignore[misc]  # the package has no types
    """A table of ``listing/table.html``: `label` names it, `caption` says what its columns are, `style` is a class."""

    label: "str | _StrPromise" = ""
    caption: "str | _StrPromise" = ""
    style = ""

    class Meta:
        order_by_field = "sort"


class SegmentTable(Listed):
    """One row per segment of `pages.catalogue.catalogue`; the view gives each row its `shown`."""

    label = _("Segments")
    caption = _("Segments with team, members, health and use; headings sort")
    name = tables.TemplateColumn(template_name=f"{CELLS}/name.html", verbose_name=_("Segment"))
    team = tables.TemplateColumn(template_name=f"{CELLS}/team.html", verbose_name=_("Team · owner"))
    members = tables.TemplateColumn(template_name=f"{CELLS}/members.html", verbose_name=_("Members"))
    health = tables.TemplateColumn(template_name=f"{CELLS}/health.html", verbose_name=_("Health"))
    used = tables.TemplateColumn(template_name=f"{CELLS}/used.html", verbose_name=_("Used by"))

    class Meta(Listed.Meta):
        """django-tables2 does not inherit it by itself."""

    def order_name(self, queryset: QuerySet[Any], is_descending: bool) -> Ordered:  # noqa: FBT001 - its contract
        return ordered(queryset, Lower("name"), is_descending=is_descending)

    def order_team(self, queryset: QuerySet[Any], is_descending: bool) -> Ordered:  # noqa: FBT001
        return ordered(queryset, Lower("team__name"), is_descending=is_descending)

    def order_members(self, queryset: QuerySet[Any], is_descending: bool) -> Ordered:  # noqa: FBT001
        return ordered(queryset, F("good_members"), is_descending=is_descending)

    def order_health(self, queryset: QuerySet[Any], is_descending: bool) -> Ordered:  # noqa: FBT001
        return ordered(queryset, URGENCY, is_descending=is_descending)

    def order_used(self, queryset: QuerySet[Any], is_descending: bool) -> Ordered:  # noqa: FBT001
        return ordered(queryset, F("activations"), is_descending=is_descending)
