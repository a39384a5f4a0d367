"""The filters of segments, for the catalogue page and the API."""

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from profiles.models import Unit
from segments.health import Health
from segments.models import Segment


class SegmentFilter(django_filters.FilterSet):  # type: ignore[misc]  # the package has no types
    """Filters a queryset of `segments.health.with_health`. Several values of one filter mean any of them."""

    q = django_filters.CharFilter(method="search", label=_("Search name or definition"))
    team = django_filters.ModelMultipleChoiceFilter(
        queryset=Team.objects.all(),
        field_name="team__key",
        to_field_name="key",
        distinct=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Team"),
    )
    owner = django_filters.ModelMultipleChoiceFilter(
        queryset=User.objects.filter(segments__isnull=False).order_by("name", "email").distinct(),
        field_name="owner__email",
        to_field_name="email",
        distinct=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Owner"),
    )
    unit = django_filters.MultipleChoiceFilter(
        choices=[(Unit.PROFILE, _("People")), (Unit.COMPANY, _("Companies"))],
        distinct=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Counts"),
    )
    state = django_filters.MultipleChoiceFilter(
        choices=Segment.State.choices, distinct=False, widget=forms.CheckboxSelectMultiple, label=_("State")
    )
    health = django_filters.MultipleChoiceFilter(
        choices=Health.choices, distinct=False, widget=forms.CheckboxSelectMultiple, label=_("Health")
    )

    class Meta:
        model = Segment
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet[Segment], _name: str, value: str) -> QuerySet[Segment]:
        """Every word must be found in the name, the key, the decision or the definition's sentence."""
        for word in value.split():
            places = ("name", "key", "decision", "words")
            queryset = queryset.filter(Q.create([(f"{place}__icontains", word) for place in places], Q.OR))
        return queryset
