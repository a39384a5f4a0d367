"""Which traits the mappings of activations send."""

from collections import defaultdict

from accounts.actors import Actor
from activations import selectors
from activations.columns import TraitColumn, parse
from profiles.uses import Name, Use


def tell(actor: Actor) -> dict[Name, list[Use]]:
    """For `profiles.uses`: the activations whose mapping the actor's teams may see, by the traits that they send."""
    connections = selectors.connections(actor=actor)
    rows = selectors.activations(actor=actor).filter(connection__in=connections)
    found: dict[Name, list[Use]] = defaultdict(list)
    for key, title, unit, columns in rows.values_list("key", "name", "segment__unit", "columns"):
        for trait in {column.trait for column in parse(columns) if isinstance(column, TraitColumn)} if columns else ():
            found[Name(unit, trait)].append(Use("activation", key, title))
    return found
