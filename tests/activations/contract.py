"""What every destination must pass. A test module per destination subclasses `DestinationContract` and answers what
only it can know: how to connect, and what the tool holds."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import closing

import pytest
from django import forms as django_forms

from activations import connections
from activations.columns import IDENTIFIERS
from activations.destinations import kinds
from activations.destinations.base import (
    Answer,
    Column,
    ColumnType,
    CountedAnswer,
    Destination,
    DestinationError,
    Fate,
    KeyedAnswer,
    Mode,
    OrderedAnswer,
    Record,
    Sync,
)

COLUMNS = (Column("email", ColumnType.IDENTIFIER, is_key=True), Column("plan", ColumnType.TEXT))
MOST_PER_CALL = 100_000


class DestinationContract(ABC):
    """Laws of the contract in `activations.destinations.base`."""

    kind: str

    @abstractmethod
    def config(self) -> dict[str, str]:
        """Values of the declared fields that connect to an empty tool."""

    @abstractmethod
    def wrong_config(self) -> dict[str, str]:
        """Values that the form takes and `check` refuses."""

    @abstractmethod
    def held(self) -> dict[str, str]:
        """What the tool holds: key → plan."""

    # Below are helpers, then the laws.

    def destination(self) -> Destination:
        return kinds()[self.kind](self.config())

    def sync(self, run: int = 1, attempt: int = 1, mode: Mode = Mode.MIRROR) -> Sync:
        return Sync(run, attempt, "vip-there", "vip", mode, COLUMNS, None)

    def carry(self, sync: Sync, add: Sequence[Record] = (), remove: Sequence[Record] = ()) -> list[Answer]:
        """One whole run."""
        with closing(self.destination()) as tool:
            tool.begin(sync)
            answers = [tool.remove(remove)] if remove else []
            answers += [tool.add(add)] if add else []
            tool.finish()
        return answers

    def as_on_record(self, keys: Sequence[str]) -> list[Record]:
        """Records for a removal, as our ledger would have them."""
        return [Record(key, is_new=False) for key in keys]

    def test_its_form_is_made_from_what_it_declares(self) -> None:
        found = kinds()[self.kind]
        assert found.label
        assert len({field.key for field in found.fields}) == len(found.fields)
        for field in found.fields:
            assert isinstance(connections.form_field(field), django_forms.Field)
        assert connections.clean_config(self.kind, self.config()) == self.config()

    def test_its_capabilities_make_sense(self) -> None:
        can = kinds()[self.kind].capabilities
        assert 1 <= can.batch_size <= MOST_PER_CALL
        assert Mode.MIRROR in can.modes
        assert can.identifiers
        assert can.identifiers <= {name for names in IDENTIFIERS.values() for name in names}

    def test_a_good_connection_passes_its_check(self) -> None:
        self.destination().check()

    def test_a_wrong_connection_says_so_with_an_error_of_the_contract(self) -> None:
        with pytest.raises(DestinationError) as refusal:
            kinds()[self.kind](self.wrong_config()).check()
        assert len(str(refusal.value)) > 20

    def test_who_is_added_is_there(self) -> None:
        self.carry(self.sync(), [person("ann@a.io", "pro"), person("bob@a.io", None)])
        assert self.held() == {"ann@a.io": "pro", "bob@a.io": ""}

    def test_adding_again_changes_nothing(self) -> None:
        for run in (1, 2):
            self.carry(self.sync(run), [person("ann@a.io", "pro")])
        assert self.held() == {"ann@a.io": "pro"}

    def test_adding_with_other_values_brings_up_to_date(self) -> None:
        self.carry(self.sync(1), [person("ann@a.io", "pro")])
        self.carry(self.sync(2), [person("ann@a.io", "free")])
        assert self.held() == {"ann@a.io": "free"}

    def test_who_is_removed_is_gone_and_once_more_does_no_harm(self) -> None:
        self.carry(self.sync(1), [person("ann@a.io", "pro"), person("bob@a.io", "pro")])
        for run in (2, 3):
            [answer] = self.carry(self.sync(run), remove=self.as_on_record(["ann@a.io"]))
            assert Fate.REJECTED not in fates(answer, [Record("ann@a.io")])
        assert self.held() == {"bob@a.io": "pro"}

    def test_a_key_that_changes_hands_within_a_run_stays(self) -> None:
        self.carry(self.sync(1), [person("ann@a.io", "pro")])
        self.carry(self.sync(2), [person("ann@a.io", "free")], remove=self.as_on_record(["ann@a.io"]))
        assert self.held() == {"ann@a.io": "free"}

    def test_a_retry_of_the_same_run_doubles_nothing(self) -> None:
        for attempt in (1, 2):
            self.carry(self.sync(1, attempt), [person("ann@a.io", "pro"), person("bob@a.io", "pro")])
        assert self.held() == {"ann@a.io": "pro", "bob@a.io": "pro"}

    def test_a_run_that_was_cut_short_can_be_tried_again(self) -> None:
        with closing(self.destination()) as tool:
            tool.begin(self.sync(1, 1))
            tool.add([person("ann@a.io", "pro")])
        assert not self.destination().landed(self.sync(1, 2))
        self.carry(self.sync(1, 2), [person("ann@a.io", "pro"), person("bob@a.io", "pro")])
        assert self.held() == {"ann@a.io": "pro", "bob@a.io": "pro"}

    def test_the_answer_tells_of_every_record(self) -> None:
        sent = [person(f"p{number}@a.io", "pro") for number in range(5)]
        [answer] = self.carry(self.sync(), sent)
        assert len(fates(answer, sent)) == len(sent)
        assert Fate.REJECTED not in fates(answer, sent)

    def test_words_of_all_languages_arrive_unchanged(self) -> None:
        words = ["Zoë", "Łódź", "北京", "'quoted' \"twice\"", "a,b;c", "line\nbreak", "<b>", "🙂"]
        self.carry(self.sync(), [person(f"p{number}@a.io", word) for number, word in enumerate(words)])
        assert list(self.held().values()) == words

    def test_replacing_leaves_exactly_who_was_sent(self) -> None:
        if Mode.REPLACE not in kinds()[self.kind].capabilities.modes:
            pytest.skip("the tool can't replace a whole audience")
        self.carry(self.sync(1, mode=Mode.REPLACE), [person("ann@a.io", "pro"), person("bob@a.io", "pro")])
        self.carry(self.sync(2, mode=Mode.REPLACE), [person("bob@a.io", "free")])
        assert self.held() == {"bob@a.io": "free"}


def person(email: str, plan: str | None) -> Record:
    return Record(email, (email, plan))


def fates(answer: Answer, sent: Sequence[Record]) -> list[Fate]:
    """What the answer says of each record, in order."""
    match answer:
        case OrderedAnswer(outcomes):
            return [outcome.fate for outcome in outcomes]
        case KeyedAnswer(outcomes_by_key, others):
            return [outcomes_by_key.get(record.key, others).fate for record in sent]
        case CountedAnswer():
            return [Fate.ACCEPTED for _ in sent]
