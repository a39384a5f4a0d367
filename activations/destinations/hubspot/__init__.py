from activations.destinations.hubspot.destination import HubSpotDestination

__all__ = ["DESTINATION", "HubSpotDestination"]

DESTINATION = HubSpotDestination
