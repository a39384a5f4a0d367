"""A file's bytes and lines: gzip, encodings and byte order marks, with the place of every mistake."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from profiles.ingest.refusals import ImportRefusedError, WrongUseError

GZIP = b"\x1f\x8b"
HEAD = 65_536
LONGEST_LINE = 16 * 1024 * 1024
BUFFER = 1024 * 1024
MOST_TIMES, ALWAYS_UNPACKED = 200, 100 * 1024 * 1024
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
WIDE = {"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"}


class Opened:
    """A file that is being read, unpacked on the way; `passed` is set by readers that open it by themselves."""

    def __init__(self, path: Path, name: str) -> None:
        try:
            self.raw = io.BufferedReader(io.FileIO(path), BUFFER)
        except OSError as error:
            raise ImportRefusedError(f"{name}: {error.strerror or error}") from error
        self.name = name
        self.size = path.stat().st_size
        self.passed = 0
        packed = self.raw.read(2) == GZIP
        self.raw.seek(0)
        self.data = io.BufferedReader(_Unpacked(name, self.raw, self.size), BUFFER) if packed else self.raw
        self._returned = io.BytesIO()

    def read(self, size: int) -> bytes:
        """The next bytes, at most `size`."""
        try:
            return self.data.read(size)
        except (EOFError, zlib.error, OSError) as error:
            raise self.damaged(error) from error

    def readline(self) -> bytes:
        """The next line with its end, b"" after the last."""
        try:
            return self._returned.readline() or self.data.readline(LONGEST_LINE)
        except (EOFError, zlib.error, OSError) as error:
            raise self.damaged(error) from error

    def block(self) -> bytes:
        """The next line, and as many whole ones after it as are at hand; b"" after the last."""
        if rest := self._returned.read():
            return rest
        line = self.readline()
        try:
            ahead = self.data.peek()
            return line + self.data.read(ahead.rfind(b"\n") + 1)
        except (EOFError, zlib.error, OSError) as error:
            raise self.damaged(error) from error

    def give_back(self, block: bytes) -> None:
        """Have the lines of a block come again."""
        self._returned = io.BytesIO(block)

    def damaged(self, error: Exception) -> ImportRefusedError:
        """What to say when the bytes cannot be had."""
        return ImportRefusedError(
            f"{self.name}: the file is cut off or damaged ({error}); nothing after it can be read"
        )

    def head(self) -> bytes:
        """The first bytes; reading starts over after it."""
        first = self.read(HEAD)
        self.data.seek(0)
        return first

    def progress(self) -> int:
        """How many bytes of the file itself were read."""
        return min(max(self.raw.tell(), self.passed), self.size)

    def close(self) -> None:
        self.data.close()
        self.raw.close()


class _Unpacked(gzip.GzipFile):
    """What a packed file holds, unless that is so much more than its size that it was made to fill a disk."""

    def __init__(self, name: str, packed: "io.BufferedReader[Any]", size: int) -> None:
        super().__init__(fileobj=packed)
        self._called = name
        self._left = max(ALWAYS_UNPACKED, MOST_TIMES * size)

    def read(self, size: int | None = -1) -> bytes:
        """Raises `ImportRefusedError` beyond the limit."""
        data = super().read(size)
        self._left -= len(data)
        if self._left < 0:
            raise ImportRefusedError(
                f"{self._called} unpacks to over {MOST_TIMES} times its size: send it unpacked, or in smaller parts"
            )
        return data


def encoding_of(opened: Opened, asked: str | None) -> str:
    """The encoding to read a file in: the one asked for, else that of its byte order mark, else UTF-8."""
    head = opened.head()
    if asked is not None:
        try:
            name = codecs.lookup(asked).name
        except LookupError as error:
            raise WrongUseError(f"--encoding {asked}: no such encoding; try utf-8, windows-1252 or utf-16") from error
        return "utf-8-sig" if name == "utf-8" else name
    for mark, name in MARKS:
        if head.startswith(mark):
            return name
    if b"\0" in head[:2000]:
        raise ImportRefusedError(
            f"{opened.name}: the file starts with bytes that are no text. If it is UTF-16 without a byte order mark, "
            "use --encoding utf-16-le; CSV, JSON lines and Parquet are understood, each packed with gzip or not."
        )
    return "utf-8-sig"


class TextLines:
    """The lines of a file as text, ends kept, and the number of the one that came last."""

    def __init__(self, opened: Opened, encoding: str) -> None:
        self.opened = opened
        self.encoding = encoding
        self.number = 0
        self._wide = _wide_lines(opened, encoding) if encoding in WIDE or _old_line_ends(opened) else None

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        """Raises `ImportRefusedError` with line and byte of a wrong encoding."""
        if self._wide is not None:
            line = next(self._wide)
            self.number += 1
            return line
        read = self.opened.readline()
        if not read:
            raise StopIteration
        self.number += 1
        if len(read) == LONGEST_LINE:
            words = f"line {self.number}: the line is longer than {LONGEST_LINE >> 20} MiB"
            raise ImportRefusedError(f"{self.opened.name}, {words}")
        try:
            return read.decode(self.encoding if self.number == 1 else self.encoding.removesuffix("-sig"))
        except UnicodeDecodeError as error:
            raise _wrong_encoding(self.opened, self.encoding, self.number, error) from error

    def block(self) -> bytes:
        """Many whole lines at once, as bytes of UTF-8: `passed` if they are taken, else to be given back to `opened`.

        b"" after the last, and for files in another encoding."""
        plain = self._wide is None and self.number and self.encoding == "utf-8-sig"
        return self.opened.block() if plain else b""

    def passed(self, lines: int) -> None:
        """The lines of a block have been taken."""
        self.number += lines


def _old_line_ends(opened: Opened) -> bool:
    head = opened.head()
    return b"\r" in head and b"\n" not in head


def _wide_lines(opened: Opened, encoding: str) -> Iterator[str]:
    number = 0
    reader = io.TextIOWrapper(opened.data, encoding=encoding, newline=None if encoding not in WIDE else "")
    try:
        while line := reader.readline(LONGEST_LINE):
            number += 1
            yield line
    except UnicodeDecodeError as error:
        raise _wrong_encoding(opened, encoding, number + 1, error) from error
    except (EOFError, zlib.error, OSError) as error:
        raise opened.damaged(error) from error
    finally:
        reader.detach()


def _wrong_encoding(opened: Opened, encoding: str, line: int, error: UnicodeDecodeError) -> ImportRefusedError:
    byte = error.object[error.start : error.start + 1].hex().upper()
    return ImportRefusedError(
        f"{opened.name}, line {line}, byte {error.start + 1}: 0x{byte} is not {encoding.removesuffix('-sig').upper()}. "
        "Save the file as UTF-8, or say what it is: --encoding windows-1252 is usual for files from Excel."
    )
