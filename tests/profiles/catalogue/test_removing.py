"""A trait, event or property can be taken out of the catalogue once nothing uses it; its name keeps its type."""

import pytest
from django.core.exceptions import ValidationError

from accounts.actors import INSTALLATION
from activations.services import create_activation, create_connection
from profiles import services
from profiles.catalogue import CatalogueError, ensure_event_type, ensure_property, ensure_trait
from profiles.lake import flush
from profiles.models import EventProperty, EventType, RemovedName, TraitDefinition
from segments.services import retire
from tests.segments import data

pytestmark = pytest.mark.django_db(transaction=True)

RULE = {"trait": "plan", "op": "eq", "value": "pro"}


def test_what_a_segment_or_a_mapping_uses_stays_and_the_refusal_lists_them() -> None:
    plan, team = ensure_trait(unit="profile", key="plan", type="text"), data.make_team()
    data.live_segment("payers", team, RULE)
    data.save(data.make_segment("idea", team), RULE)
    segment = data.live_segment("all", team, {"everyone": True})
    connection = create_connection(actor=INSTALLATION, team=team, kind="files", name="Files", config={"folder": "out"})
    columns = [{"to": "id", "identifier": "external_id"}, {"to": "Plan", "trait": "plan"}]
    create_activation(
        actor=INSTALLATION, key="mail", name="Mail", segment=segment, connection=connection, columns=columns
    )
    with pytest.raises(ValidationError) as refused:
        services.remove_entry(actor=INSTALLATION, entry=plan)
    told = "activation “Mail” (mail), segment “Idea” (idea), segment “Payers” (payers)"
    assert refused.value.messages == [f"It is used by {told}. Change these first, or hide it."]
    assert TraitDefinition.objects.exists()
    assert not RemovedName.objects.exists()


def test_what_is_used_by_way_of_another_segment_stays_too() -> None:
    size, team = ensure_trait(unit="company", key="size", type="number"), data.make_team()
    large = data.live_segment("large", team, {"company": {"trait": "size", "op": "gt", "value": 10}})
    data.live_segment("some", team, {"segment": "large"})
    with pytest.raises(ValidationError, match=r"large.*some"):
        services.remove_entry(actor=INSTALLATION, entry=size)
    assert large.key == "large"


def test_what_only_retired_segments_use_can_go() -> None:
    plan, team = ensure_trait(unit="profile", key="plan", type="text"), data.make_team()
    retire(actor=INSTALLATION, segment=data.live_segment("payers", team, RULE))
    services.remove_entry(actor=INSTALLATION, entry=plan)
    assert not TraitDefinition.objects.exists()


def test_a_removed_trait_comes_back_as_new_with_its_column_and_only_with_its_type() -> None:
    plan = ensure_trait(unit="profile", key="Plan!", type="text")
    services.describe_trait(actor=INSTALLATION, trait=plan, label="Plan")
    services.remove_entry(actor=INSTALLATION, entry=plan)
    assert ensure_trait(unit="profile", key="plan", type="number").column == "plan_2"
    with pytest.raises(CatalogueError, match="was a text until it was removed"):
        ensure_trait(unit="profile", key="Plan!", type="number")
    back = ensure_trait(unit="profile", key="Plan!", type="text")
    assert (back.column, back.status, back.label) == ("plan", "new", "")
    assert not RemovedName.objects.exists()


def test_an_event_goes_with_its_properties_once_none_of_it_comes() -> None:
    event = ensure_event_type(name="Order placed")
    ensure_property(event_type=event, key="total", type="number")
    data.make_event(event, data.make_profile("ann"), total=5.0)
    with pytest.raises(ValidationError, match="Events of it came just now"):
        services.remove_entry(actor=INSTALLATION, entry=event)
    flush.flush_tail()
    services.remove_entry(actor=INSTALLATION, entry=event)
    assert not EventType.objects.exists()
    back = ensure_event_type(name="Order placed")
    assert back.table == "order_placed"
    with pytest.raises(CatalogueError, match="was a number"):
        ensure_property(event_type=back, key="total", type="text")
    assert not EventProperty.objects.exists()


def test_an_event_whose_property_is_used_stays() -> None:
    event = ensure_event_type(name="orders")
    ensure_property(event_type=event, key="total", type="number")
    where = [{"property": "total", "op": "gt", "value": 5}]
    data.live_segment("buyers", data.make_team(), {"event": "orders", "where": where})
    for entry in (event, event.properties.get()):
        with pytest.raises(ValidationError, match="buyers"):
            services.remove_entry(actor=INSTALLATION, entry=entry)
    assert EventProperty.objects.exists()
