"""What stands on a segment outside of this app, as the apps above it tell. No models: apps add themselves."""

from collections.abc import Callable

from segments.models import Segment

of_segments: list[Callable[[Segment], list[str]]] = []
"""Each names its live things that stand on a segment, as "activation 'newsletter'"."""


def outside(segment: Segment) -> list[str]:
    """All of them."""
    return [name for tell in of_segments for name in tell(segment)]
