"""Values to choose from while a condition is written."""

from http import HTTPStatus

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import cache_control

from accounts import policy
from accounts.actors import actor_of
from accounts.policy import Action
from profiles.synonyms import of_traits
from segments.engine import EngineError
from segments.engine.values import common_values
from segments.registry import load_catalogue
from segments.rules.catalogue import Type, Unit


@cache_control(private=True, max_age=600)
def trait_values(request: HttpRequest) -> JsonResponse:
    """The common values of the text trait `?trait=` of `?unit=`; none of another type, and none in haste.

    `synonyms` are other words for stored values, as the catalogue has them. Of a trait that is marked as personal, both
    are for those who may see personal data.
    """
    actor = actor_of(request)
    policy.require_anywhere(actor, Action.READ)
    unit, key = request.GET.get("unit", ""), request.GET.get("trait", "")
    field = load_catalogue().traits(Unit(unit)).get(key) if unit in set(Unit) else None
    if field is None:
        return JsonResponse({"values": [], "synonyms": {}}, status=HTTPStatus.NOT_FOUND)
    if field.personal and not policy.allows(actor, Action.READ_PERSONAL):
        return JsonResponse({"values": [], "synonyms": {}})
    try:
        values = common_values(Unit(unit), field) if field.type is Type.TEXT else []
    except EngineError:  # a help that comes late is none
        values = []
    return JsonResponse({"values": values, "synonyms": of_traits(unit).get(key, {})})
