"""What is written to the log: never the values of customers that a database's error repeats."""

import logging
import re
from types import TracebackType

DETAIL = re.compile(r"^(DETAIL|CONTEXT|HINT|LINE \d+):.*(?:\n[ \t]+.*)*\n?", re.MULTILINE)
"""What PostgreSQL adds to an error, such as "Key (kind, value)=(email, ann@example.com) already exists."."""

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Formatter(logging.Formatter):
    """Leaves out the details of database errors, in messages as in tracebacks."""

    def format(self, record: logging.LogRecord) -> str:
        """One record, which other handlers get as it was."""
        return DETAIL.sub("", super().format(record))
