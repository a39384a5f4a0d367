"""What becomes of deliveries when two profiles turn out to be one person."""

from django.db import connection

from profiles.models import Unit

MOVE = """
    UPDATE activations_delivery d SET member = %s
      FROM activations_activation a JOIN segments_segment s ON s.id = a.segment_id
     WHERE d.member = %s AND a.id = d.activation_id AND s.unit = %s AND NOT EXISTS (
        SELECT FROM activations_delivery o WHERE o.activation_id = d.activation_id AND o.member = %s AND o.key = d.key)
"""


def move_deliveries(gone: int, stays: int) -> None:
    """What tools have of the one that is gone is the other's, in the transaction of the merge.

    The next sync of each activation finds what is not to be there any more, and removes it by the key that was sent.
    """
    with connection.cursor() as cursor:
        cursor.execute(MOVE, [stays, gone, Unit.PROFILE.value, stays])
