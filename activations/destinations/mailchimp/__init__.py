from activations.destinations.mailchimp.destination import MailchimpDestination

__all__ = ["DESTINATION", "MailchimpDestination"]

DESTINATION = MailchimpDestination
