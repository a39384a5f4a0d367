from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from accounts.models import User

pytestmark = pytest.mark.django_db


def test_a_new_administrator_can_sign_in_with_the_password_that_is_printed() -> None:
    out = StringIO()
    call_command("create_admin", "Ada@Example.org", stdout=out, stderr=StringIO())
    user = authenticate(username="ada@example.org", password=out.getvalue().strip())
    assert isinstance(user, User)
    assert user.is_superuser


def test_an_account_that_exists_becomes_an_administrator_and_keeps_its_password() -> None:
    User.objects.create_user("tom@example.org", "his own words")
    out, err = StringIO(), StringIO()
    call_command("create_admin", "TOM@example.org", stdout=out, stderr=err)
    assert out.getvalue() == ""
    assert "keeps its password" in err.getvalue()
    user = authenticate(username="tom@example.org", password="his own words")
    assert isinstance(user, User)
    assert user.is_superuser


def test_a_word_that_is_no_address_is_refused() -> None:
    with pytest.raises(CommandError, match="'tom' is no e-mail address"):
        call_command("create_admin", "tom")
    assert User.objects.count() == 0
