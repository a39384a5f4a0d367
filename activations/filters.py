"""The filters of activations, for the page that lists them."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import policy
from accounts.actors import actor_of
from accounts.models import Team
from activations.destinations import kinds
from activations.models import Activation
from activations.standing import Standing


def _labels() -> list[tuple[str, str]]:
    return sorted((name, kind.label) for name, kind in kinds().items())


class ActivationFilter(django_filters.FilterSet):  # type: ignore[misc]  # the package has no types
    """Filters a queryset of `activations.standing.with_standing`. Several values of one filter mean any of them.

    The name of a connection is found by its team only: others do not know it.
    """

    q = django_filters.CharFilter(method="search", label=_("Search activation, segment or connection"))
    state = django_filters.MultipleChoiceFilter(
        field_name="standing",
        choices=Standing.choices,
        distinct=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("State"),
    )
    team = django_filters.ModelMultipleChoiceFilter(
        queryset=Team.objects.all(),
        field_name="connection__team__key",
        to_field_name="key",
        distinct=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Team"),
    )
    kind = django_filters.MultipleChoiceFilter(
        field_name="connection__kind",
        choices=_labels,
        distinct=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Destination"),
    )
    segment = django_filters.CharFilter(field_name="segment__key")

    class Meta:
        model = Activation
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Every word must be found in a name or a key."""
        own = policy.visible_teams(actor_of(self.request))
        for word in value.split():
            ours = Q(connection__name__icontains=word, connection__team__in=own)
            found = Q(name__icontains=word) | Q(key__icontains=word) | Q(segment__name__icontains=word) | ours
            queryset = queryset.filter(found)
        return queryset
