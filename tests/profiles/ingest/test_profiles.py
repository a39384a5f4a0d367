"""`import_profiles` and `import_companies`: what they store, and what they leave as it is."""

import json

import pytest
from django.db import transaction

from profiles.ingest.database import LostRaceError
from profiles.ingest.identities import hold
from profiles.ingest.lake import Copier
from profiles.lake import copies
from profiles.models import ChangedProfile, Company, Identity, Profile, Stage
from tests.profiles.ingest.conftest import Import, Write
from tests.profiles.ingest.customers import everything, identities, lake, profile, traits, types

PEOPLE = """external_id,email,phone,company_id,plan,age,vip,since,zip
u1, Ada@Example.com ,+44 1,acme,pro,36,true,2024-01-31,01234
u2,bob@example.com,,,free,,false,2024-02-01T08:30:00+02:00,99999
"""


@pytest.fixture
def people(run: Import, write: Write) -> None:
    assert run("import_profiles", write("people.csv", PEOPLE), "--yes").status == 0


def test_a_csv_file_becomes_profiles_with_traits_identities_and_a_company(people: None) -> None:
    assert traits("u1") == {
        "plan": "pro",
        "age": 36,
        "vip": True,
        "since": "2024-01-31T00:00:00.000000Z",
        "zip": "01234",
    }
    assert traits("u2") == {"plan": "free", "vip": False, "since": "2024-02-01T06:30:00.000000Z", "zip": "99999"}
    assert identities("u1") == {("external_id", "u1"), ("email", "ada@example.com"), ("phone", "+44 1")}
    assert profile("u1").lasting
    company = profile("u1").company
    assert company is not None
    assert (company.external_id, company.known) == ("acme", False)


def test_types_are_inferred_from_the_whole_file(people: None) -> None:
    assert types() == {"plan": "text", "age": "number", "vip": "boolean", "since": "datetime", "zip": "text"}


def test_the_lake_has_the_profiles_when_the_import_ends(people: None) -> None:
    assert not ChangedProfile.objects.exists()
    assert lake("SELECT plan, age, zip FROM users ORDER BY id") == [("pro", 36.0, "01234"), ("free", None, "99999")]


def test_a_second_run_changes_nothing(people: None, run: Import, write: Write) -> None:
    before = everything()
    ended = run("import_profiles", write("people.csv", PEOPLE))
    assert (ended.number("new profiles"), ended.number("changed"), ended.number("unchanged")) == (0, 0, 2)
    assert everything() == before


def test_an_empty_cell_keeps_what_is_stored_and_a_value_replaces_it(people: None, run: Import, write: Write) -> None:
    ended = run("import_profiles", write("more.csv", "external_id,plan,age,email\nu1,,37,\nu2,free,,\n"))
    assert (ended.number("changed"), ended.number("unchanged")) == (1, 1)
    assert (traits("u1")["plan"], traits("u1")["age"]) == ("pro", 37)
    assert ("email", "ada@example.com") in identities("u1")


def test_null_in_json_lines_takes_away(people: None, run: Import, write: Write) -> None:
    line = {"external_id": "u1", "plan": None, "email": None, "company_id": None}
    ended = run("import_profiles", write("more.jsonl", json.dumps(line)))
    assert ended.number("changed") == 1
    assert "plan" not in traits("u1")
    assert identities("u1") == {("external_id", "u1"), ("phone", "+44 1")}
    assert profile("u1").company is None


def test_a_new_email_takes_the_place_of_the_old_one(people: None, run: Import, write: Write) -> None:
    ended = run("import_profiles", write("more.csv", "external_id,email\nu1,ada@new.example\n"))
    assert ended.number("changed") == 1
    assert {value for kind, value in identities("u1") if kind == "email"} == {"ada@new.example"}


def test_an_email_of_another_profile_is_refused_and_the_rest_of_the_row_goes_in(
    people: None, run: Import, write: Write
) -> None:
    ended = run("import_profiles", write("more.csv", "external_id,email,plan\nu3,ADA@example.com,gold\n"))
    assert (ended.status, ended.number("new profiles"), ended.number("rejected rows")) == (0, 1, 0)
    assert ended.number("rejected e-mails and phones") == 1
    assert (traits("u3"), identities("u3")) == ({"plan": "gold"}, {("external_id", "u3")})
    assert ("email", "ada@example.com") in identities("u1")


def test_what_is_no_email_is_refused_and_the_rest_of_the_row_goes_in(run: Import, write: Write) -> None:
    ended = run("import_profiles", write("p.csv", "external_id,email,phone,plan\nu1,n/a,none,x\n"), "--yes")
    assert ended.number("rejected e-mails and phones") == 1
    assert (identities("u1"), traits("u1")) == ({("external_id", "u1")}, {"plan": "x"})


def test_of_rows_with_the_same_id_the_last_good_one_counts(run: Import, write: Write) -> None:
    content = "external_id,age,plan\nu1,1,a\nu2,5,b\nu1,2,\nu1,bad,c\n"
    types_file = write("types.json", json.dumps({"profile_traits": {"age": "number"}}))
    for _ in range(2):
        ended = run("import_profiles", write("p.csv", content), "--yes", "--types", types_file)
    assert traits("u1") == {"age": 2}
    assert (ended.number("unchanged"), ended.number("rejected rows")) == (2, 1)
    assert ended.number("rows superseded by a later row of the same id") == 1


def test_several_files_are_one_input(run: Import, write: Write) -> None:
    first = write("1.csv", "external_id,plan\nu1,old\n")
    second = write("2.csv", "plan;external_id\nnew;u1\nx;u2\n")
    for new in (2, 0):
        ended = run("import_profiles", first, second, "--yes")
        assert (ended.number("rows read"), ended.number("new profiles"), ended.number("changed")) == (3, new, 0)
    assert traits("u1") == {"plan": "new"}


def test_identify_calls_of_the_tracking_api_are_understood(run: Import, write: Write) -> None:
    call = {
        "type": "identify",
        "userId": 17,
        "messageId": "m",
        "timestamp": "2026-01-01T00:00:00Z",
        "context": {"groupId": "acme", "library": {"name": "x"}},
        "traits": {"email": "a@b.c", "plan": "pro", "tags": ["b", "a", "b"], "signedUp": "2026-01-01T00:00:00.123Z"},
    }
    assert run("import_profiles", write("p.jsonl", json.dumps(call) + "\n\n"), "--yes").status == 0
    assert traits("17") == {"plan": "pro", "tags": ["a", "b"], "signedUp": "2026-01-01T00:00:00.123000Z"}
    assert identities("17") == {("external_id", "17"), ("email", "a@b.c")}
    assert str(profile("17").company) == "acme"


def test_companies_become_known_and_their_people_with_them(people: None, run: Import, write: Write) -> None:
    assert lake("SELECT count(*) FROM users WHERE company_id IS NOT NULL") == [(0,)]
    companies = write("companies.csv", "account_id;industry;employees\nacme;Retail;12\nother;;1e2\n")
    for new, unchanged in ((2, 0), (0, 2)):
        ended = run("import_companies", companies, "--id", "account_id", "--yes")
        assert (ended.number("new companies"), ended.number("unchanged")) == (new, unchanged)
    assert Company.objects.get(external_id="acme").traits == {"industry": "Retail", "employees": 12}
    assert not Company.objects.filter(known=False).exists()
    assert lake("SELECT a.industry FROM users u JOIN accounts a ON a.id = u.company_id") == [("Retail",)]


def test_companies_that_are_named_but_unknown_are_counted(run: Import, write: Write) -> None:
    ended = run("import_profiles", write("p.csv", "external_id,groupId,x\nu1,a,1\nu2,b,1\nu3,a,1\n"), "--yes")
    assert ended.number("companies named but unknown") == 2


def test_an_anonymous_profile_is_not_lasting_but_an_imported_one_is(run: Import, write: Write) -> None:
    visitor = Profile.objects.create(lasting=False)
    Identity.objects.create(profile=visitor, kind="external_id", value="u1")
    ended = run("import_profiles", write("p.csv", "external_id,plan\nu1,a\n"), "--yes")
    visitor.refresh_from_db()
    assert (visitor.lasting, ended.number("changed")) == (True, 1)


def test_a_profile_that_changes_before_its_file_is_named_is_in_the_lake_once(
    run: Import, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Copier, "take_over", lambda self: None)
    run("import_profiles", write("1.csv", "external_id,plan\nu1,a\nu2,x\n"), "--yes")
    assert (Stage.objects.count(), ChangedProfile.objects.count()) == (1, 0)
    assert lake("SELECT plan FROM users ORDER BY id") == [("a",), ("x",)]
    run("import_profiles", write("2.csv", "external_id,plan\nu1,b\n"))
    assert (Stage.objects.count(), ChangedProfile.objects.count()) == (1, 1)
    assert lake("SELECT plan FROM users ORDER BY id") == [("b",), ("x",)]
    copies.copy_changes()
    assert (Stage.objects.count(), ChangedProfile.objects.count()) == (0, 0)
    assert lake("SELECT plan FROM users ORDER BY id") == [("b",), ("x",)]


def test_a_profile_erased_meanwhile_gets_no_identity(transactional_db: None) -> None:
    there, gone = Profile.objects.create(), Profile.objects.create()
    Profile.objects.filter(pk=gone.pk).delete()
    with transaction.atomic():
        hold([there.pk])
        with pytest.raises(LostRaceError):
            hold([there.pk, gone.pk])
