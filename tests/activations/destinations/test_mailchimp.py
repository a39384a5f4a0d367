"""Mailchimp: the contract against its emulator, and what is only its own."""

from contextlib import closing

import pytest

from activations.destinations.base import Fate, KeyedAnswer, MisconfiguredError
from activations.destinations.base_emulator import Emulator
from activations.destinations.mailchimp import MailchimpDestination
from activations.destinations.mailchimp.emulator import KEY, LIST, SEGMENT, MailchimpEmulator
from tests.activations.contract import person
from tests.activations.tool_contract import ToolContract


class TestMailchimp(ToolContract):
    kind = "mailchimp"

    def emulator(self) -> Emulator:
        return MailchimpEmulator()

    @property
    def mailchimp(self) -> MailchimpEmulator:
        assert isinstance(self.tool, MailchimpEmulator)
        return self.tool

    def config(self) -> dict[str, str]:
        return {
            "api_key": KEY, "list_id": LIST, "segment_id": str(SEGMENT), "status": "subscribed",
            "base_url": f"{self.address}/3.0",
        }  # fmt: skip

    def wrong_config(self) -> dict[str, str]:
        return self.config() | {"segment_id": "999"}

    def secret(self) -> str:
        return KEY

    def held(self) -> dict[str, str]:
        return {address: fields.get("PLAN", "") for address, fields in self.mailchimp.people().items()}

    def unavoidable(self) -> int:
        """Whoever is there already must be brought up to date one by one, or their subscription would be touched."""
        return sum(call.method == "PUT" for call in self.tool.calls)

    def test_nobody_is_subscribed_again(self) -> None:
        self.carry(self.sync(1), [person("ann@a.io", "pro")])
        [contact] = self.mailchimp.contacts.values()
        contact["status"] = "unsubscribed"
        self.mailchimp.tagged.clear()
        self.carry(self.sync(2), [person("ann@a.io", "free")])
        assert contact["status"] == "unsubscribed"
        assert self.held() == {"ann@a.io": "free"}
        assert next(iter(self.mailchimp.contacts.values()))["status"] == "unsubscribed"

    def test_who_is_removed_keeps_their_subscription(self) -> None:
        self.carry(self.sync(1), [person("ann@a.io", "pro")])
        self.carry(self.sync(2), remove=self.as_on_record(["ann@a.io"]))
        assert self.held() == {}
        assert [contact["status"] for contact in self.mailchimp.contacts.values()] == ["subscribed"]

    def test_refusals_are_told_person_by_person_with_the_vendors_reason(self) -> None:
        self.mailchimp.bounced.add("bob@a.io")
        self.mailchimp.forgotten.add("cid@a.io")
        sent = [person(f"{name}@a.io", "pro") for name in ("ann", "bob", "cid")]
        [answer] = self.carry(self.sync(), sent)
        assert isinstance(answer, KeyedAnswer)
        assert {key: outcome.fate for key, outcome in answer.outcomes.items()} == {
            "bob@a.io": Fate.REJECTED, "cid@a.io": Fate.REJECTED,
        }  # fmt: skip
        assert "compliance state" in answer.outcomes["bob@a.io"].reason
        assert "permanently deleted" in answer.outcomes["cid@a.io"].reason
        assert self.held() == {"ann@a.io": "pro"}

    def test_the_data_centre_is_in_the_key(self) -> None:
        tool = MailchimpDestination({"api_key": "0123456789abcdef-us7", "base_url": ""})
        assert tool.base_url() == "https://us7.api.mailchimp.com/3.0"

    def test_an_audience_that_is_gone_stops_the_activation_in_words(self) -> None:
        config = self.config() | {"list_id": "zzzz"}
        with closing(MailchimpDestination(config)) as tool:
            tool.begin(self.sync())
            with pytest.raises(MisconfiguredError, match="no such audience"):
                tool.add([person("ann@a.io", "pro")])
