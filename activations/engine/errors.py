"""Why a run ends without having done its work."""

SEGMENT_RETIRED = "segment_retired"
SEGMENT_NEVER_COMPUTED = "segment_never_computed"


class RefusedError(Exception):
    """There is nothing that could be sent, and trying again by itself would not help. `code` is for machines."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    @property
    def lasting(self) -> bool:
        """Whether the same would come of every later run, until a person changes something."""
        return self.code == SEGMENT_RETIRED


class NeedsConfirmationError(Exception):
    """I11: the run would remove more than its activation allows without asking."""

    def __init__(self, removals: int, present: int) -> None:
        super().__init__(removals, present)
        self.removals = removals
        self.present = present
