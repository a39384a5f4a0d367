"""What is still there of somebody who was erased, in words."""

from profiles import followers
from profiles.erasure import uploads
from profiles.followers import Remain
from profiles.models import Erasure


def remains_of(erasure: Erasure) -> list[Remain]:
    """Where, and what takes it away; of the tools too, which know what they have by the key that was sent to them."""
    if erasure.state == Erasure.State.SUCCEEDED:
        return []
    told = [remain for ask in followers.of_remains for remain in ask(erasure.profile)]
    return [*uploads.waiting_files(erasure), *told]
