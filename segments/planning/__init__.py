"""What would change if a definition were in force: for the segment, for those that name it, and for whom by trait."""

from segments.planning.breakdown import Share, breakdown
from segments.planning.outlook import Effect, Outlook, look_ahead

__all__ = ["Effect", "Outlook", "Share", "breakdown", "look_ahead"]
