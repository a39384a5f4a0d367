"""All files of one command as one sequence of named chunks, read as often as needed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from profiles.ingest.naming import Named, Namer
from profiles.ingest.progress import Progress
from profiles.ingest.readers import open_reader


@dataclass(frozen=True, slots=True)
class Input:
    """The files of one command."""

    files: tuple[Path, ...]
    encoding: str | None
    namer: Namer
    say: Callable[[str], object]

    def chunks(self, verb: str) -> Iterator[tuple[str, Named]]:
        """(name of the file, chunk) in order; `verb` is what the progress says is being done."""
        total = sum(path.stat().st_size for path in self.files if path.exists())
        progress = Progress(verb, total, self.say)
        before = 0
        for path in self.files:
            reader, opened = open_reader(path, self.encoding)
            try:
                for chunk in reader.chunks():
                    yield str(path), self.namer.name(chunk)
                    progress.at(len(chunk.lines), before + opened.progress())
            finally:
                opened.close()
            before += opened.size
        progress.end()
