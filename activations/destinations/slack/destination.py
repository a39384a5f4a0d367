"""Messages in a Slack channel about who entered a segment and who left it, through an incoming webhook.

Slack knows no idempotency: after a lost answer a message may stand there twice. Whose values only changed is told
nothing about.
"""

from collections.abc import Mapping, Sequence

from activations.destinations.base import (
    DONE,
    HELD,
    Answer,
    Capabilities,
    ConfigField,
    MisconfiguredError,
    Mode,
    OrderedAnswer,
    Outcome,
    Rate,
    Record,
    Sync,
)
from activations.destinations.base_api import ApiDestination, Reply
from lib.wording import filled, words

LONGEST_LINE = 300
NAMED_IN_A_DIGEST = 20
ADVICE = {
    "invalid_payload": "It does not understand the message: look at the line's template.",
    "no_text": "The message was empty: look at the line's template.",
    "action_prohibited": "An administrator of the workspace forbids it: ask them.",
    "posting_to_general_channel_denied": "An administrator forbids messages in that channel: choose another one.",
    "channel_not_found": "The channel is gone: make a webhook for another one.",
    "channel_is_archived": "The channel is archived: make a webhook for another one.",
    "no_service": "The webhook was removed or switched off: make a new one.",
    "no_active_hooks": "The webhook was removed or switched off: make a new one.",
    "no_team": "The workspace is not known: copy the address of the webhook again.",
    "team_disabled": "The workspace is switched off.",
}


class SlackDestination(ApiDestination):
    """A message is taken as a whole or not at all."""

    label = "Slack"
    fields = (
        ConfigField(
            key="url",
            label="Address of the webhook",
            help="https://hooks.slack.com/services/..., which is a secret; whatever speaks like Slack will do",
            secret=True,
            address=True,
        ),
        ConfigField(
            key="style",
            label="Messages",
            default="each",
            choices=(("each", "with a line for each person"), ("digest", "one for each sync, with the numbers")),
        ),
        ConfigField(
            key="line",
            label="Line for each person",
            help="{{ key }} and the names of your fields in braces: {{ email }} ({{ plan }})",
            default="{{ key }}",
        ),
    )
    capabilities = Capabilities(
        batch_size=50,
        modes=frozenset({Mode.MIRROR, Mode.ADD}),
        identifiers=frozenset({"external_id", "email", "phone"}),
        rate=Rate(1, 1),
        concurrency=1,
    )

    def __init__(self, config: Mapping[str, str]) -> None:
        super().__init__(config)
        self._entered: list[str] = []
        self._left: list[str] = []
        self._counts = {"entered": 0, "left": 0}

    def base_url(self) -> str:
        return self.config["url"]

    def headers(self) -> dict[str, str]:
        return {"content-type": "application/json; charset=utf-8", "accept": "text/plain"}

    def check(self) -> None:
        """Say hello in the channel: Slack offers no other way to ask."""
        try:
            self._post("The segment registry can write here.")
        finally:
            self.close()

    def begin(self, sync: Sync) -> None:
        self._sync = sync
        self._counts = {"entered": 0, "left": 0}
        self._entered, self._left = [], []

    def add(self, records: Sequence[Record]) -> Answer:
        names = [column.name for column in self._sync.columns]
        lines = [
            self._line({"key": record.key, **dict(zip(names, record.values, strict=True))})
            for record in records
            if record.is_new
        ]
        return self._tell("entered", self._entered, lines, len(records))

    def remove(self, records: Sequence[Record]) -> Answer:
        lines = [_safe(record.key) for record in records]
        return self._tell("left", self._left, lines, len(records))

    def finish(self) -> Outcome:
        told = [
            f"{self._counts[what]:,} {what}: {', '.join(some)}{' …' if self._counts[what] > len(some) else ''}"
            for what, some in (("entered", self._entered), ("left", self._left))
            if some
        ]
        if told:
            self._post("\n".join((f"*{_safe(self._sync.segment)}*", *told)))
        return DONE

    def _tell(self, what: str, kept: list[str], lines: list[str], count: int) -> Answer:
        if self.config["style"] == "digest":
            kept += lines[: NAMED_IN_A_DIGEST - len(kept)]
            self._counts[what] += len(lines)
            return OrderedAnswer([HELD] * count)
        if lines:
            head = f"*{_safe(self._sync.segment)}*: {len(lines):,} {what}"
            self._post("\n".join((head, *(f"• {line}" for line in lines))))
        return OrderedAnswer([DONE] * count)

    def _line(self, values: Mapping[str, object]) -> str:
        return filled(self.config["line"], values, _safe)[:LONGEST_LINE]

    def _post(self, text: str) -> None:
        """Come back if the message stands there."""
        reply = self.call("POST", "", {"text": text, "unfurl_links": False})
        if not reply.is_good:
            raise MisconfiguredError(_refusal(reply))


def _refusal(reply: Reply) -> str:
    code = reply.text.strip()
    advice = ADVICE.get(code, "Make a new webhook for the channel, and enter its address at the connection.")
    return f"Slack refused the message with {reply.status}. {advice}"


def _safe(text: str) -> str:
    """A value that can call nobody and link nowhere."""
    return words(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
