"""Routes of the tracking API."""

from django.urls import path, register_converter

from profiles.ingest.tracking.messages import KINDS
from profiles.ingest.tracking.views import take


class Kind:
    """The last part of an address: a kind of message, or a batch of them."""

    regex = "|".join((*KINDS, "batch"))

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Kind, "tracking")
urlpatterns = [path("<tracking:kind>", take, name="tracking")]
