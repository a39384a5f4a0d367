"""The sandbox: the contract, and what is only its own."""

from contextlib import closing
from dataclasses import replace

import pytest

from activations.destinations.base import Fate, MisconfiguredError, OrderedAnswer, Policy, TransientError
from activations.destinations.sandbox import SandboxDestination
from tests.activations.contract import COLUMNS, DestinationContract, person


class TestSandbox(DestinationContract):
    kind = "sandbox"

    def config(self) -> dict[str, str]:
        return {"behaviour": "well"}

    def wrong_config(self) -> dict[str, str]:
        return {"behaviour": "locked"}

    def held(self) -> dict[str, str]:
        rows = SandboxDestination(self.config()).contents(100)
        return {str(row["email"]): str(row["plan"] or "") for row in reversed(rows)}

    @pytest.mark.parametrize(
        ("policy", "expected"),
        [(Policy.OVERWRITE, "free"), (Policy.SET_IF_EMPTY, "pro"), (Policy.APPEND, ["pro", "free"])],
    )
    def test_a_field_that_holds_something_is_treated_as_the_mapping_says(
        self, policy: Policy, expected: object
    ) -> None:
        columns = (COLUMNS[0], replace(COLUMNS[1], policy=policy))
        for run, plan in ((1, "pro"), (2, "free"), (3, "free")):
            with closing(self.destination()) as tool:
                tool.begin(replace(self.sync(run), columns=columns))
                tool.add([person("ann@a.io", plan)])
                tool.finish()
        assert SandboxDestination(self.config()).contents(1) == [{"email": "ann@a.io", "plan": expected}]

    def test_a_picky_one_refuses_and_says_why(self) -> None:
        with closing(SandboxDestination({"behaviour": "picky"})) as tool:
            tool.begin(self.sync())
            answer = tool.add([person("ann@a.io", "pro"), person("bob@a.io", None)])
        assert isinstance(answer, OrderedAnswer)
        assert [outcome.fate for outcome in answer.outcomes] == [Fate.DONE, Fate.REJECTED]
        assert self.held() == {"ann@a.io": "pro"}

    @pytest.mark.parametrize(("behaviour", "error"), [("down", TransientError), ("locked", MisconfiguredError)])
    def test_a_broken_one_takes_nothing(self, behaviour: str, error: type[Exception]) -> None:
        with closing(SandboxDestination({"behaviour": behaviour})) as tool:
            tool.begin(self.sync())
            with pytest.raises(error):
                tool.add([person("ann@a.io", "pro")])
        assert self.held() == {}

    def test_each_connection_has_a_box_of_its_own(self) -> None:
        self.carry(self.sync(), [person("ann@a.io", "pro")])
        other = SandboxDestination(self.config())
        other.account = "2"
        assert other.contents(10) == []
