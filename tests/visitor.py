"""A visitor of a served registry: signs in, fills in forms, reads pages. Plain HTTP, with cookies and CSRF tokens."""

import re
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener


class _Fields(HTMLParser):
    """The fields of the forms of a page with the values that a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._select: str | None = None
        self._textarea: str | None = None
        self.options: dict[str, dict[str, str]] = {}
        self._option: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {key: value or "" for key, value in attrs}
        name = found.get("name", "")
        if tag == "select":
            self._select = name
            self.options.setdefault(name, {})
        elif tag == "option" and self._select is not None:
            self._option = found.get("value", "")
            if "selected" in found:
                self.values[self._select] = self._option
        elif tag == "textarea":
            self._textarea = name
            self.values.setdefault(name, "")
        elif tag == "input" and name and found.get("type") not in ("submit", "button", "checkbox", "radio"):
            self.values.setdefault(name, found.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None
        elif tag == "textarea":
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self.values[self._textarea] += data
        elif self._option is not None and self._select is not None:
            self.options[self._select][data.strip()] = self._option
            self._option = None


class Visitor:
    """One browser-like session on the registry at `address`."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def read(self, path: str) -> str:
        """The text of a page; raises HTTPError for what is not 200."""
        with self._opener.open(urljoin(self.address, path), timeout=30) as answer:
            return str(answer.read().decode())

    def submit(self, path: str, **given: str) -> str:
        """Fill in the form of a page; an option of a select may be given by the words that it shows."""
        fields = _Fields()
        fields.feed(self.read(path))
        chosen = {name: fields.options.get(name, {}).get(value, value) for name, value in given.items()}
        url = urljoin(self.address, path)
        body = urlencode(fields.values | chosen).encode()
        with self._opener.open(Request(url, body, {"Referer": url}), timeout=60) as answer:
            text = str(answer.read().decode())
        wrong = re.findall(r'class="errorlist[^"]*"[^>]*>(.*?)</ul>', text, re.DOTALL)
        assert not wrong, wrong
        return text
