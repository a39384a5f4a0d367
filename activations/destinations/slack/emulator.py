"""A pretend Slack: one channel behind one incoming webhook."""

from activations.destinations.base_emulator import Emulator, Request, Response

PATH = "/services/T0001/B0001/a-long-secret-of-slack"
LONGEST_TEXT = 40_000


class SlackEmulator(Emulator):
    """`messages` are the texts that stand in the channel, as they came."""

    label = "Slack"

    def __init__(self) -> None:
        super().__init__()
        self.path = PATH
        self.messages: list[str] = []
        self.state = ""

    def config(self, address: str) -> dict[str, str]:
        return {"url": address + PATH, "style": "each", "line": "{{ key }}"}

    def shown(self) -> list[str]:
        return [" / ".join(text.splitlines()) for text in reversed(self.messages)]

    def lock_out(self) -> None:
        self.path = PATH[::-1]

    def halved(self, request: Request) -> Request:
        """A message can't be taken by halves."""
        return request

    def limit(self) -> Response:
        return Response(429, "rate_limited", {"Retry-After": "3"})

    def answer(self, request: Request) -> Response:
        if request.path != self.path:
            return Response(403, "invalid_token")
        if self.state:
            return Response(404 if self.state in ("channel_not_found", "no_service") else 410, self.state)
        if request.method != "POST" or not request.headers.get("content-type", "").startswith("application/json"):
            return self.refuse("not JSON by POST", Response(400, "invalid_payload"))
        document = request.document
        if not isinstance(document, dict) or not isinstance(document.get("text"), str):
            return self.refuse("no document with text", Response(400, "invalid_payload"))
        if not document["text"].strip() or len(document["text"]) > LONGEST_TEXT:
            return self.refuse("no text, or too much", Response(400, "no_text"))
        self.messages.append(document["text"])
        return Response(200, "ok")
