"""Clears away what has had its day."""

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore

from accounts.api import idempotency

TICKS = {"accounts.tasks.forget_old": 3600.0}


@shared_task
def forget_old() -> None:
    """Answers to requests that nobody can send again, and sessions that are over."""
    idempotency.forget_old()
    SessionStore.clear_expired()
