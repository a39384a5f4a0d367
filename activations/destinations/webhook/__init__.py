from activations.destinations.webhook.destination import WebhookDestination

__all__ = ["DESTINATION", "WebhookDestination"]

DESTINATION = WebhookDestination
