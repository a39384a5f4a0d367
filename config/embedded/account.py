"""Runs a program under an account without rights, since PostgreSQL refuses to run as root.

``python account.py UID GID PROGRAM ARGUMENT...`` gives up root and becomes the program. It keeps one capability,
reading through folders (CAP_DAC_READ_SEARCH): the program's files may lie below a folder that only root may enter,
such as root's home or a fresh ``mktemp -d``. Linux only; elsewhere root gets a plain change of account.
"""

import ctypes
import os
import pwd
import sys

CAP_DAC_READ_SEARCH = 2
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAPABILITY_VERSION_3 = 0x20080522
CANDIDATES = ("postgres", "nobody")


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def servers_account() -> tuple[int, int]:
    """User and group id that embedded servers run under: our own, or an unprivileged one where we are root."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    raise LookupError(f"PostgreSQL refuses to run as root, and there is no account named {' or '.join(CANDIDATES)}.")


def command(program: list[str]) -> list[str]:
    """The command line that runs `program` under the servers' account."""
    uid, gid = servers_account()
    if uid == os.geteuid():
        return program
    return [sys.executable, "-I", __file__, str(uid), str(gid), *program]


def _keep_reading(change_account: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    assert callable(change_account)
    change_account()
    bit = 1 << CAP_DAC_READ_SEARCH
    sets = (_Sets * 2)(_Sets(bit, bit, bit), _Sets(0, 0, 0))
    # Without the capability (a container that dropped it) the program still runs where its files can be reached.
    if libc.capset(ctypes.byref(_Header(CAPABILITY_VERSION_3, 0)), sets) == 0:
        libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_READ_SEARCH, 0, 0)


def main(uid: int, gid: int, program: list[str]) -> None:
    """Become `program` as `uid`; does not return."""

    def change_account() -> None:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)

    if sys.platform == "linux":
        _keep_reading(change_account)
    else:
        change_account()
    os.execv(program[0], program)  # noqa: S606  (no shell is wanted)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
