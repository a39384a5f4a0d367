"""All files of one command as one sequence of named chunks, read twice: to check them, then to import them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from profiles.ingest.naming import Named, Namer
from profiles.ingest.options import Options
from profiles.ingest.progress import Progress, Step
from profiles.ingest.readers import Records, Table, open_reader
from profiles.ingest.spill import Spill


@dataclass(slots=True)
class Input:
    """The files of one command. What is slow to read, CSV, is kept in `folder` for the second reading."""

    options: Options
    namer: Namer
    tell: Callable[[Step], object]
    folder: Path
    _spills: dict[int, Spill] = field(default_factory=dict)

    def check(self) -> Iterator[tuple[str, Named]]:
        """(name of the file, chunk) in order, from the files."""
        return self._named("checking", self._keep)

    def again(self) -> Iterator[tuple[str, Named]]:
        """The same once more."""
        return self._named("importing", self._kept)

    def _named(
        self, verb: str, read: Callable[[int], Iterator[tuple[Table | Records, int]]]
    ) -> Iterator[tuple[str, Named]]:
        files = self.options.files
        sizes = [path.stat().st_size if path.exists() else 0 for path in files]
        progress = Progress(verb, sum(sizes), self.tell)
        for number, name in enumerate(self.options.names):
            for chunk, done in read(number):
                yield name, self.namer.name(chunk)
                progress.at(len(chunk.lines), sum(sizes[:number]) + done)
        progress.end()

    def _read(self, number: int) -> Iterator[tuple[Table | Records, int]]:
        reader, opened = open_reader(self.options.files[number], self.options.names[number], self.options.encoding)
        try:
            for chunk in reader.chunks():
                yield chunk, opened.progress()
        finally:
            opened.close()

    def _keep(self, number: int) -> Iterator[tuple[Table | Records, int]]:
        spill = Spill(self.folder / f"{number}.arrow")
        try:
            for chunk, done in self._read(number):
                if isinstance(chunk, Table) and not chunk.typed:
                    self._spills[number] = spill
                    spill.add(chunk, done)
                yield chunk, done
        finally:
            spill.close()

    def _kept(self, number: int) -> Iterator[tuple[Table | Records, int]]:
        spill = self._spills.get(number)
        return self._read(number) if spill is None else spill.chunks()
