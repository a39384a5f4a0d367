"""The law of mirroring: whatever happens to people, members and workers, a consumer who applies the files in order
ends up with exactly the audience."""

import shutil
from pathlib import Path

import pytest
from django.conf import settings as live_settings
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from accounts.actors import INSTALLATION
from activations import services
from activations.destinations.files.destination import FAILPOINTS as FILE_POINTS
from activations.engine import FAILPOINTS, runner, send
from activations.models import Delivery, SyncRun
from profiles.models import Identity, Profile
from tests.activations import building, reading
from tests.activations.processes import let_lease_run_out, perform_and_die

ADDRESSES = st.sampled_from([f"{letter}@a.io" for letter in "abcdef"])
PEOPLE = st.integers(0, 4)
TABLES = (
    "accounts_team, profiles_profile, profiles_identity, profiles_traitdefinition, segments_segment, "
    "activations_connection"
)


class Mirror(RuleBasedStateMachine):
    """Five people, six addresses, and a worker that may die anywhere."""

    mode = "mirror"
    kills = 0

    @initialize()
    def begin(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {TABLES} CASCADE")
        self.folder = Path(live_settings.EXPORTS) / "out"
        shutil.rmtree(self.folder, ignore_errors=True)
        building.traits(plan="text")
        self.segment = building.a_segment()
        self.people = [building.a_person(f"{letter}@a.io", plan="pro") for letter in "abcde"]
        self.members = {0, 1, 2, 3}
        building.has_members(self.segment, [self.people[who] for who in self.members])
        self.activation = building.an_activation(self.segment, mode=self.mode)
        self.run: SyncRun | None = None
        self.seen: dict[str, bytes] = {}

    @rule(who=PEOPLE, address=st.none() | ADDRESSES)
    def address_changes(self, who: int, address: str | None) -> None:
        Identity.objects.filter(profile=self.people[who]).delete()
        if address:
            Identity.objects.filter(value=address).delete()
            Identity.objects.create(profile=self.people[who], kind="email", value=address)

    @rule(who=PEOPLE, plan=st.sampled_from(["pro", "free", "=1+1"]))
    def changes_plan(self, who: int, plan: str) -> None:
        Profile.objects.filter(pk=self.people[who].pk).update(traits={"plan": plan})

    @rule(members=st.sets(PEOPLE))
    def members_change(self, members: set[int]) -> None:
        self.members = members
        building.has_members(self.segment, [self.people[who] for who in members])

    @rule(point=st.sampled_from([*FAILPOINTS, *FILE_POINTS]), times=st.sampled_from([1, 1, 1, 2]))
    def worker_dies(self, point: str, times: int) -> None:
        self.run = services.request_sync(actor=INSTALLATION, activation=self.activation)
        let_lease_run_out(self.run)
        Mirror.kills += perform_and_die(self.run, f"{point}:{times}")
        self.consumer_looks()

    @precondition(lambda self: self.run is not None)
    @rule()
    def worker_finishes(self) -> None:
        assert self.run is not None
        let_lease_run_out(self.run)
        mended = not runner.perform(self.run.pk)
        self.run.refresh_from_db()
        assert self.run.state == SyncRun.State.SUCCEEDED
        if not mended and not self.landed_before(self.run):
            self.law_holds()
        self.consumer_looks()
        self.run = None

    def teardown(self) -> None:
        """In the end two syncs in peace: the first may only have confirmed what a dead worker had published."""
        for _ in range(2):
            run = services.request_sync(actor=INSTALLATION, activation=self.activation)
            let_lease_run_out(run)
            runner.perform(run.pk)
        self.law_holds()
        self.consumer_looks()

    def landed_before(self, run: SyncRun) -> bool:
        """Whether the files are those of an earlier attempt, before the latest changes."""
        return any(name.startswith(f"vip_{run.pk:010d}") for name in self.seen)

    def law_holds(self) -> None:
        audience = {}
        for who in self.members:
            person = Profile.objects.get(pk=self.people[who].pk)
            address = Identity.objects.filter(profile=person).values_list("value", flat=True).first()
            if address:
                audience[address] = [address, person.traits["plan"].replace("=", "'=")]
        assert reading.applied(self.folder) == audience
        assert set(Delivery.objects.values_list("key", "state")) == {(key, "delivered") for key in audience}

    def consumer_looks(self) -> None:
        """Whatever a manifest has once named never changes again."""
        for manifest in reading.manifests(self.folder):
            for entry in manifest["files"]:
                data = (self.folder / entry["name"]).read_bytes()
                assert self.seen.setdefault(entry["name"], data) == data


class Replace(Mirror):
    mode = "replace"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("machine", [Mirror, Replace])
def test_files_applied_in_order_are_the_audience(machine: type[Mirror], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send, "RECORDS_AT_ONCE", 2)
    Mirror.kills = 0
    check(machine, examples=6)
    print(f"{Mirror.kills} kills")
    assert Mirror.kills


@pytest.mark.deep
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("machine", [Mirror, Replace])
def test_files_applied_in_order_are_the_audience_in_many_cases(
    machine: type[Mirror], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send, "RECORDS_AT_ONCE", 2)
    check(machine, examples=400)


def check(machine: type[Mirror], *, examples: int) -> None:
    slow = settings(
        max_examples=examples, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck),
        database=None,
    )  # fmt: skip
    run_state_machine_as_test(machine, settings=slow)
