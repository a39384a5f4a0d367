"""CSV files below the exports folder: what changed in two files, or the whole audience in one; a manifest last."""

import errno
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from activations.destinations.base import (
    DONE,
    HELD,
    Answer,
    Capabilities,
    Column,
    ConfigField,
    Destination,
    Fate,
    MisconfiguredError,
    Mode,
    OrderedAnswer,
    Outcome,
    Record,
    RejectedError,
    Sync,
    TransientError,
)
from activations.destinations.files.cells import cell, escape_formula
from activations.destinations.files.parts import Part, sync_folder, write_document
from lib import failpoints

FAILPOINTS = failpoints.declare("files.settled", "files.renamed", "files.manifest")
NEWLINES = {"lf": "\n", "crlf": "\r\n"}
EXTENSIONS = {"none": ".csv", "gzip": ".csv.gz"}
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE}


class FilesDestination(Destination):
    """Files on the registry's own disk. The run's number is in every name, so a retry overwrites its own files."""

    label = "Files"
    fields = (
        ConfigField(
            key="folder",
            label="Folder",
            help="a path below the exports folder, such as crm/nightly",
            pattern=r"[^\x00/\\][^\x00\\]*",
        ),
        ConfigField(
            key="compression",
            label="Compression",
            default="none",
            choices=(("none", "plain CSV"), ("gzip", "gzipped CSV")),
        ),
        ConfigField(
            key="newline",
            label="End of line",
            default="lf",
            choices=(("lf", "LF (Unix)"), ("crlf", "CR LF (Windows, RFC 4180)")),
        ),
    )
    capabilities = Capabilities(
        batch_size=10_000,
        modes=frozenset(Mode),
        identifiers=frozenset({"external_id", "email", "phone"}),
    )

    def __init__(self, config: Mapping[str, str]) -> None:
        super().__init__(config)
        self._parts: dict[str, Part] = {}

    def check(self) -> None:
        with _named_errors():
            folder = self._made_folder()
            probe = folder / ".registry-may-write-here"
            probe.touch()
            probe.unlink(missing_ok=True)

    def landed(self, sync: Sync) -> bool:
        """The manifest is written last."""
        return (self._folder() / _manifest(sync)).exists()

    def begin(self, sync: Sync) -> None:
        self._sync = sync
        self._key = next(column for column in sync.columns if column.is_key)
        with _named_errors():
            folder = self._made_folder()
            for left_over in folder.glob(f".{_stem(sync)}*.part"):  # an earlier attempt of this run has died
                left_over.unlink(missing_ok=True)
            if sync.mode == Mode.REPLACE:
                self._open("", sync.columns)
            else:
                self._open("_added", sync.columns)
                self._open("_removed", (self._key,))

    def add(self, records: Sequence[Record]) -> Answer:
        name = "" if self._sync.mode == Mode.REPLACE else "_added"
        columns = self._sync.columns
        return self._write(
            name, records, lambda record: [cell(*pair) for pair in zip(columns, record.values, strict=True)]
        )

    def remove(self, records: Sequence[Record]) -> Answer:
        return self._write("_removed", records, lambda record: [cell(self._key, record.key)])

    def finish(self) -> Outcome:
        if not self._parts:  # the files landed in an earlier attempt
            return DONE
        with _named_errors():
            folder = self._folder()
            entries = [part.settle() for part in self._parts.values()]
            failpoints.reach("files.settled")
            for part in self._parts.values():
                part.publish()
                failpoints.reach("files.renamed")
            for found in folder.glob(f"{_stem(self._sync)}*"):  # an earlier attempt may have had rejects, we none
                if found.name not in {part.name for part in self._parts.values()}:
                    found.unlink()
            sync_folder(folder)
            failpoints.reach("files.manifest")
            self._write_manifest(folder, entries)
            self._parts.clear()
        return DONE

    def close(self) -> None:
        for part in self._parts.values():
            part.discard()
        self._parts.clear()

    def _write(self, name: str, records: Sequence[Record], cells: Callable[[Record], list[str]]) -> Answer:
        good: list[list[str]] = []
        refused: list[list[str]] = []
        outcomes = []
        for record in records:
            try:
                good.append(cells(record))
                outcomes.append(HELD)
            except RejectedError as error:
                refused.append([escape_formula(record.key), str(error)])
                outcomes.append(Outcome(Fate.REJECTED, str(error)))
        with _named_errors():
            self._parts[name].write(good)
            if refused:
                self._rejects().write(refused)
        return OrderedAnswer(outcomes)

    def _rejects(self) -> Part:
        if "rejects" not in self._parts:
            self._parts["rejects"] = self._part(f"{_stem(self._sync)}.rejects.csv", [self._key.name, "reason"])
        return self._parts["rejects"]

    def _open(self, name: str, columns: Sequence[Column]) -> None:
        extension = EXTENSIONS[self.config["compression"]]
        header = [escape_formula(column.name) for column in columns]
        self._parts[name] = self._part(f"{_stem(self._sync)}{name}{extension}", header)

    def _part(self, name: str, header: Sequence[str]) -> Part:
        newline = NEWLINES[self.config["newline"]]
        return Part(self._folder(), name, suffix=str(self._sync.attempt), newline=newline, header=header)

    def _write_manifest(self, folder: Path, entries: Sequence[Mapping[str, str | int]]) -> None:
        sync = self._sync
        document = {
            "run": sync.run,
            "activation": sync.activation,
            "segment": sync.segment,
            "mode": sync.mode,
            "members_as_of": sync.members_as_of.isoformat() if sync.members_as_of else None,
            "columns": [{"name": column.name, "type": column.type, "key": column.is_key} for column in sync.columns],
            "files": entries,
        }
        write_document(folder, _manifest(sync), suffix=str(sync.attempt), document=document)

    def _made_folder(self) -> Path:
        folder = self._folder()
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _folder(self) -> Path:
        """Below the exports folder, whatever is written in the connection and whatever links lie on the way."""
        root = Path(settings.EXPORTS).resolve()
        folder = (root / self.config["folder"]).resolve()
        if folder != root and root not in folder.parents:
            raise MisconfiguredError(
                f"The folder '{self.config['folder']}' is not below the exports folder. Name one without '..'."
            )
        return folder


def _stem(sync: Sync) -> str:
    """What the names of a run's files begin with; they sort in the order in which runs must be applied."""
    return f"{sync.segment}_{sync.run:010d}"


def _manifest(sync: Sync) -> str:
    return f"{_stem(sync)}.manifest.json"


@contextmanager
def _named_errors() -> Iterator[None]:
    """What the disk refuses, as one of the errors of the contract."""
    try:
        yield
    except OSError as error:
        where = error.filename or "the exports folder"
        if error.errno in FULL:
            raise TransientError(f"The disk does not take more ({error.strerror}); make room: {where}.") from error
        raise MisconfiguredError(f"{where} can't be written: {error.strerror}. Check folder and rights.") from error
