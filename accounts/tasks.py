"""Clears away what has had its day."""

from celery import shared_task

from accounts.api import idempotency
from accounts.sessions import SessionStore

TICKS = {"accounts.tasks.forget_old": 3600.0}


@shared_task
def forget_old() -> None:
    """Answers to requests that nobody can send again, and sessions that are over."""
    idempotency.forget_old()
    SessionStore.clear_expired()
