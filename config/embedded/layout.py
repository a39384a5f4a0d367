"""Where the embedded servers of one home keep their files, and the secrets that open them."""

import hashlib
import importlib.util
import os
import secrets
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path


class EmbeddedError(RuntimeError):
    """An embedded server did not start or stop; says which, why, and where its log is."""


@dataclass(frozen=True)
class Layout:
    """The files below one REGISTRY_HOME. Sockets stand apart, since homes may lie deep."""

    home: Path

    @property
    def folder(self) -> Path:
        return self.home / "embedded"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def sockets(self) -> Path:
        """A short private folder: a socket's path may have 107 bytes at the most."""
        mark = hashlib.sha256(str(self.home).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"segreg-{os.geteuid()}-{mark}"

    def database_url(self) -> str:
        """For psycopg and Django; the password is made on first use."""
        password = secret(self.home / "secrets" / "postgres")
        return f"postgresql://registry:{password}@/registry?host={self.sockets}"

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    def redis_url(self, number: int = 0) -> str:
        """For Celery's broker and the cache; `number` is the Redis database."""
        return f"redis+socket://{self.redis_socket}?virtual_host={number}"

    def prepare(self, owner: int) -> None:
        """Make the folders; the one of the sockets is for the account `owner` (a user id) alone.

        Raises `EmbeddedError` when somebody else made that folder first: its sockets could not be trusted.
        """
        for folder in (self.folder, self.logs):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        found = os.lstat(self.sockets)
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), owner):
            raise EmbeddedError(
                f"{self.sockets} belongs to another account; remove it, or set TMPDIR to a folder of your own."
            )
        self.sockets.chmod(0o700)
        if found.st_uid != owner:
            os.chown(self.sockets, owner, -1)


def secret(path: Path, size: int = 48) -> str:
    """A random text of `size` bytes in URL-safe base64. It stays the same once it is in its file, which only its owner
    may read, and is on the disk before anybody uses it: what was encrypted with a lost key is lost too."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        draft.touch(mode=0o600)
        with draft.open("w") as file:
            file.write(secrets.token_urlsafe(size))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # atomic: of several processes the first wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()


def folder_of(package: str) -> Path:
    """Where an installed package lies, without importing it: only its binaries are wanted."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise EmbeddedError(f"The package {package} is not installed; `make install` does it.")
    return Path(spec.origin).parent
