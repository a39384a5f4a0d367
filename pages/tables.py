"""The catalogue as a table: columns, how they sort, which template draws a cell."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

CELLS = "segments/cells"


class SegmentTable(tables.Table):
    """One row per segment; rows are `pages.catalogue.Row`."""

    name = tables.TemplateColumn(template_name=f"{CELLS}/name.html", verbose_name=_("Segment"))
    team = tables.TemplateColumn(template_name=f"{CELLS}/team.html", verbose_name=_("Team · owner"))
    members = tables.TemplateColumn(template_name=f"{CELLS}/members.html", verbose_name=_("Members"))
    health = tables.TemplateColumn(template_name=f"{CELLS}/health.html", verbose_name=_("Health"))
    used = tables.TemplateColumn(template_name=f"{CELLS}/used.html", verbose_name=_("Used by"))

    class Meta:
        template_name = "segments/table.html"
        order_by_field = "sort"
