from activations.destinations.slack.destination import SlackDestination

__all__ = ["DESTINATION", "SlackDestination"]

DESTINATION = SlackDestination
