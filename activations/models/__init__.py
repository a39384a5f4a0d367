from activations.models.activations import Activation, Connection
from activations.models.deliveries import Delivery
from activations.models.limits import Pace, Slot
from activations.models.runs import SyncRun

__all__ = ["Activation", "Connection", "Delivery", "Pace", "Slot", "SyncRun"]
