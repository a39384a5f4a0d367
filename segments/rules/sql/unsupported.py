"""The error for what a dialect can't say."""


class Unsupported(ValueError):
    """A definition needs a primitive that the dialect has no exact form of; `node` names it, `path` where it is."""

    def __init__(self, node: str, dialect: str, reason: str) -> None:
        self.node = node
        self.dialect = dialect
        self.reason = reason
        super().__init__(f"{dialect} can't express {node} exactly: {reason}. Use another dialect, or leave that out.")
