"""HubSpot: the contract against its emulator, and what is only its own."""

from collections.abc import Sequence
from contextlib import closing

import pytest

from activations.destinations.base import Fate, KeyedAnswer, MisconfiguredError, Record
from activations.destinations.base_emulator import Emulator
from activations.destinations.hubspot import HubSpotDestination
from activations.destinations.hubspot.emulator import DYNAMIC, STATIC, TOKEN, HubSpotEmulator
from tests.activations.contract import person
from tests.activations.tool_contract import ToolContract


class TestHubSpot(ToolContract):
    kind = "hubspot"

    def emulator(self) -> Emulator:
        return HubSpotEmulator()

    @property
    def hubspot(self) -> HubSpotEmulator:
        assert isinstance(self.tool, HubSpotEmulator)
        return self.tool

    def config(self) -> dict[str, str]:
        return {"token": TOKEN, "list_id": STATIC, "version": "2026-03", "base_url": self.address}

    def wrong_config(self) -> dict[str, str]:
        return self.config() | {"list_id": DYNAMIC}

    def secret(self) -> str:
        return TOKEN

    def held(self) -> dict[str, str]:
        return {address: properties["plan"] for address, properties in self.hubspot.people().items()}

    def as_on_record(self, keys: Sequence[str]) -> list[Record]:
        """With the ids that the upsert answered."""
        by_address = {there["email"]: number for number, there in self.hubspot.contacts.items()}
        return [Record(key, remote_id=by_address.get(key, ""), is_new=False) for key in keys]

    def test_the_ids_of_the_tool_are_kept_for_the_removal(self) -> None:
        [answer] = self.carry(self.sync(), [person("ann@a.io", "pro"), person("bob@a.io", "pro")])
        assert isinstance(answer, KeyedAnswer)
        assert {key: outcome.remote_id for key, outcome in answer.outcomes.items()} == {
            "ann@a.io": "101", "bob@a.io": "102",
        }  # fmt: skip

    def test_of_a_batch_that_is_half_refused_the_others_are_there(self) -> None:
        self.hubspot.broken.add("bob@a.io")
        sent = [person(f"{name}@a.io", "pro") for name in ("ann", "bob", "cid")]
        [answer] = self.carry(self.sync(), sent)
        assert isinstance(answer, KeyedAnswer)
        assert [answer.outcomes[record.key].fate for record in sent] == [Fate.DONE, Fate.REJECTED, Fate.DONE]
        assert "bob@a.io is invalid" in answer.outcomes["bob@a.io"].reason
        assert self.held() == {"ann@a.io": "pro", "cid@a.io": "pro"}

    def test_who_is_removed_stays_a_contact(self) -> None:
        self.carry(self.sync(1), [person("ann@a.io", "pro")])
        self.carry(self.sync(2), remove=self.as_on_record(["ann@a.io"]))
        assert (self.held(), len(self.hubspot.contacts)) == ({}, 1)

    @pytest.mark.parametrize(
        ("changed", "words"), [({"list_id": "7"}, "no such list"), ({"list_id": DYNAMIC}, "DYNAMIC")]
    )
    def test_a_list_that_cannot_be_changed_is_said_in_words(self, changed: dict[str, str], words: str) -> None:
        tool = HubSpotDestination(self.config() | changed)
        with closing(tool), pytest.raises(MisconfiguredError, match=words):
            tool.check()
