"""The filters of the audit log, for its page and the API."""

import django_filters
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry


class AuditFilter(django_filters.FilterSet):  # type: ignore[misc]  # the package has no types
    """All must hold. `since` is included, `until` is not."""

    actor = django_filters.CharFilter(field_name="actor_label", lookup_expr="iexact", label=_("Who"))
    action = django_filters.CharFilter(label=_("What"))
    kind = django_filters.CharFilter(field_name="target_kind", label=_("Kind of thing"))
    target = django_filters.CharFilter(field_name="target_key", label=_("To what"))
    team = django_filters.CharFilter(field_name="team_key", label=_("Team"))
    since = django_filters.DateTimeFilter(field_name="at", lookup_expr="gte", label=_("From"))
    until = django_filters.DateTimeFilter(field_name="at", lookup_expr="lt", label=_("Before"))

    class Meta:
        model = AuditEntry
        fields: tuple[str, ...] = ()
