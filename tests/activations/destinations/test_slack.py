"""Slack: the contract against its emulator, where the channel tells who is in; and what is only its own."""

import html
from contextlib import closing
from dataclasses import replace

import pytest

from activations.destinations.base import MisconfiguredError, Record
from activations.destinations.base_emulator import Emulator
from activations.destinations.slack import SlackDestination
from activations.destinations.slack.emulator import PATH, SlackEmulator
from tests.activations.contract import person
from tests.activations.tool_contract import ToolContract


class TestSlack(ToolContract):
    kind = "slack"

    @pytest.fixture(autouse=True)
    def _quick(self, unpaced: None) -> None:
        """One message a second is what the tests of limits wait for."""

    def emulator(self) -> Emulator:
        return SlackEmulator()

    @property
    def slack(self) -> SlackEmulator:
        assert isinstance(self.tool, SlackEmulator)
        return self.tool

    def config(self) -> dict[str, str]:
        return {"url": self.address + PATH, "style": "each", "line": "{{ email }} / {{ plan }}"}

    def wrong_config(self) -> dict[str, str]:
        return self.config() | {"url": self.address + "/services/other"}

    def secret(self) -> str:
        return PATH

    def held(self) -> dict[str, str]:
        """Who is in, for somebody who reads the channel from the top."""
        there: dict[str, str] = {}
        for text in self.slack.messages:
            head, *lines = text.split("\n")
            for line in lines:
                key, _, plan = html.unescape(line.removeprefix("• ")).partition(" / ")
                if head.endswith(" left"):
                    there.pop(key, None)
                else:
                    there[key] = plan
        return there

    def visible(self, wanted: dict[str, str]) -> dict[str, str]:
        """Whose values changed is not announced, so of those only that they are in."""
        there = self.held()
        return {key: there.get(key, plan) for key, plan in wanted.items()}

    def test_words_of_all_languages_arrive_unchanged(self) -> None:
        """On one line each, so that nobody's name looks like another person's line."""
        words = ["Zoë", "北京", "'quoted' \"twice\"", "line\nbreak", "<!channel>", "🙂"]
        self.carry(self.sync(), [person(f"p{number}@a.io", word) for number, word in enumerate(words)])
        assert list(self.held().values()) == [word.replace("\n", " ") for word in words]
        assert "<!channel>" not in self.slack.messages[0]

    def test_whose_values_changed_is_not_announced(self) -> None:
        self.carry(self.sync(), [replace(person("ann@a.io", "pro"), is_new=False)])
        assert self.slack.messages == []

    def test_a_digest_is_one_message_with_the_numbers(self) -> None:
        with closing(SlackDestination(self.config() | {"style": "digest", "line": "{{ key }}"})) as tool:
            tool.begin(self.sync())
            tool.remove([Record("old@a.io")])
            for start in (0, 15):
                tool.add([person(f"p{start + number}@a.io", "pro") for number in range(15)])
            assert self.slack.messages == []
            tool.finish()
        [message] = self.slack.messages
        names = ", ".join(f"p{number}@a.io" for number in range(20))
        assert message == f"*vip*\n30 entered: {names} …\n1 left: old@a.io"

    @pytest.mark.parametrize(
        ("state", "words"),
        [("channel_is_archived", "archived"), ("no_service", "make a new one"), ("what_is_this", "Make a new webhook")],
    )
    def test_refusals_are_said_with_what_to_do(self, state: str, words: str) -> None:
        self.slack.state = state
        with closing(self.destination()) as tool, pytest.raises(MisconfiguredError, match=words):
            tool.check()
