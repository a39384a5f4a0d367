"""How an import says no: to the whole input, to the way it was called, or to one value of one row."""


class ImportRefusedError(Exception):
    """The input cannot be imported; nothing of it was. Says which file, where in it, and what to do."""


class WrongUseError(Exception):
    """The command was called in a way that does not fit: an option is malformed or names nothing of the input."""


class RefusedError(ValueError):
    """One value cannot be taken. Says why, in words that go with a column's name."""
