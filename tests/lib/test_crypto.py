"""Secrets at rest: any of the keys reads, the first one writes, and nothing shows them by accident."""

import base64
import os
import traceback

import pytest
from pytest_django import Settings

from lib import crypto


def a_key() -> str:
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def test_what_is_sealed_can_be_read_and_looks_like_nothing(settings: Settings) -> None:
    settings.REGISTRY_SECRET_KEYS = [a_key()]
    sealed = crypto.seal("pässword")
    assert "pässword" not in sealed
    assert crypto.unseal(sealed) == "pässword"
    assert crypto.seal("pässword") != sealed


def test_an_older_key_still_reads_and_the_first_one_writes(settings: Settings) -> None:
    old, new = a_key(), a_key()
    settings.REGISTRY_SECRET_KEYS = [old]
    sealed = crypto.seal("x")
    settings.REGISTRY_SECRET_KEYS = [new, old]
    assert crypto.unseal(sealed) == "x"
    assert not crypto.is_sealed_with_first_key(sealed)
    anew = crypto.reseal(sealed)
    assert crypto.is_sealed_with_first_key(anew)
    settings.REGISTRY_SECRET_KEYS = [new]
    assert crypto.unseal(anew) == "x"
    with pytest.raises(crypto.UnreadableError, match="not among REGISTRY_SECRET_KEYS"):
        crypto.unseal(sealed)


@pytest.mark.parametrize("tampered", ["", "x", "gAAAAA"])
def test_what_was_not_sealed_by_us_can_t_be_read(tampered: str, settings: Settings) -> None:
    settings.REGISTRY_SECRET_KEYS = [a_key()]
    with pytest.raises(crypto.UnreadableError):
        crypto.unseal(tampered)


def test_without_a_key_the_error_says_what_to_set(settings: Settings) -> None:
    settings.REGISTRY_SECRET_KEYS = []
    with pytest.raises(crypto.CryptoError, match="Set REGISTRY_SECRET_KEYS"):
        crypto.seal("x")


@pytest.mark.parametrize("wrong", ["short", "*" * 44, "ä" * 44, base64.urlsafe_b64encode(b"x" * 31).decode()])
def test_a_wrong_key_is_named_by_its_place_and_not_shown(wrong: str, settings: Settings) -> None:
    settings.REGISTRY_SECRET_KEYS = [a_key(), wrong]
    with pytest.raises(crypto.CryptoError, match=r"Key 2 of REGISTRY_SECRET_KEYS") as refusal:
        crypto.seal("x")
    assert wrong not in str(refusal.value)


def test_padding_of_a_key_may_be_left_out(settings: Settings) -> None:
    key = a_key()
    settings.REGISTRY_SECRET_KEYS = [key]
    sealed = crypto.seal("x")
    settings.REGISTRY_SECRET_KEYS = [key.rstrip("=")]
    assert crypto.unseal(sealed) == "x"


def test_a_secret_does_not_show_itself(settings: Settings) -> None:
    settings.REGISTRY_SECRET_KEYS = [a_key()]
    secret = crypto.unseal(crypto.seal("hunter2"))
    assert "hunter2" not in repr({"password": secret})

    def fail(_config: dict[str, str]) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError) as raised:
        fail({"password": secret})
    shown = traceback.TracebackException.from_exception(raised.value, capture_locals=True)
    assert "hunter2" not in "".join(shown.format())
