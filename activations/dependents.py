"""Which activations stand on a segment."""

from activations.models import Activation
from segments.models import Segment


def tell(segment: Segment) -> list[str]:
    """For `segments.dependents`: those that would send it, by key; paused and stopped ones hold nothing up."""
    active = Activation.objects.filter(segment=segment, state=Activation.State.ACTIVE).order_by("key")
    return [f"activation '{key}'" for key in active.values_list("key", flat=True)]
