"""Runs come into being: on schedule by the tick, or by hand. One open run per activation, whoever asks."""

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest

from accounts.models import User
from activations.models import Activation, Delivery, SyncRun
from lib import clock
from segments.runs.due import good_runs

State = SyncRun.State


def queue_due() -> list[SyncRun]:
    """Queue a run for every activation that is due, and move its next time on; two ticks at once share the work.

    The activation of a segment whose members are still being computed for the first time stays due until they are.
    """
    with transaction.atomic():
        computed = Exists(good_runs().filter(segment=OuterRef("segment")))
        due = Activation.objects.filter(computed, state=Activation.State.ACTIVE, next_due__lte=clock.now())
        return [_queue_scheduled(activation) for activation in due.select_for_update(skip_locked=True, of=("self",))]


def queue_changed() -> list[SyncRun]:
    """Queue a run for every activation that follows changes and whose members have changed since it last synced.

    One with a run under way is left until that ends: the run after it has all the changes of its time. Where a person
    has cancelled a run, only a later change asks for the next, which then has the earlier ones too.
    """
    opened = SyncRun.objects.filter(activation=OuterRef("pk"), state__in=SyncRun.OPEN)
    changed = good_runs().filter(segment=OuterRef("segment"), change__isnull=False)
    with transaction.atomic():
        following = (
            Activation.objects.filter(schedule=Activation.ScheduleKind.CHANGE, state=Activation.State.ACTIVE)
            .exclude(Exists(opened))
            .annotate(
                synced_at=Subquery(
                    synced_runs().filter(activation=OuterRef("pk")).values("segment_run__finished_at")[:1]
                ),
                cancelled_at=Subquery(
                    SyncRun.objects.filter(activation=OuterRef("pk"), failure_code=SyncRun.CANCELLED_BY_HAND)
                    .order_by("-id")
                    .values("finished_at")[:1]
                ),
            )
            .filter(synced_at__isnull=False)
            .annotate(settled_at=Greatest("synced_at", "cancelled_at"))
            .filter(Exists(changed.filter(finished_at__gt=OuterRef("settled_at"))))
        )
        locked = following.select_for_update(skip_locked=True, of=("self",))
        return [open_run(activation, trigger=SyncRun.Trigger.CHANGE, by=None) for activation in locked]


def queue_revoked() -> list[SyncRun]:
    """Queue a run for every activation whose tool must forget somebody who may not be contacted any more.

    One with a run under way is left until that ends: it may be sending them at this moment.
    """
    under_way = SyncRun.objects.filter(activation=OuterRef("pk"), state__in=SyncRun.WORKABLE)
    revoked = Delivery.objects.filter(activation=OuterRef("pk"), state=Delivery.State.REMOVING, run=None)
    with transaction.atomic():
        wanted = Activation.objects.filter(Exists(revoked), state=Activation.State.ACTIVE).exclude(Exists(under_way))
        locked = wanted.select_for_update(skip_locked=True, of=("self",))
        return [open_run(activation, trigger=SyncRun.Trigger.CONSENT, by=None) for activation in locked]


def synced_runs() -> QuerySet[SyncRun]:
    """Runs that have done their work over members that are still known, the newest first."""
    done = SyncRun.objects.filter(state__in=(State.SUCCEEDED, State.PARTIAL), segment_run__finished_at__isnull=False)
    return done.exclude(trigger__in=SyncRun.OF_A_FEW).select_related("segment_run").order_by("-id")


def _queue_scheduled(activation: Activation) -> SyncRun:
    timetable, now = activation.timetable(), clock.now()
    if timetable is None or activation.next_due is None:
        activation.next_due = None
    else:
        activation.next_due = timetable.following(activation.next_due, now)
    activation.save(update_fields=("next_due",))
    return open_run(activation, trigger=SyncRun.Trigger.SCHEDULE, by=None)


def open_run(activation: Activation, *, trigger: str, by: User | None) -> SyncRun:
    """The run under way, or a new one; `activation` is locked by the caller's transaction.

    A run that waits for a confirmation gives way to a new one, which compares anew and asks again if it must.
    """
    runs = SyncRun.objects.filter(activation=activation)
    runs.filter(state=State.WAITING).update(
        state=State.CANCELLED, finished_at=clock.now(), note="A later run compared anew before this was confirmed."
    )
    under_way = runs.filter(state__in=SyncRun.WORKABLE).first()
    return under_way or SyncRun.objects.create(activation=activation, trigger=trigger, actor=by)
