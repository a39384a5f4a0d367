"""Moments and spans in the words that people use: "12 min ago", "in 3 h", "18 Nov", "every hour"."""

from datetime import datetime, timedelta

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DATED_AFTER = 2 * DAY  # an older moment is told by its date


def ago(moment: datetime, now: datetime) -> str:
    """How long ago: "just now", "12 min ago", "3 h ago", "yesterday", or a date. A moment to come counts as now."""
    age = now - moment
    if age < MINUTE:
        return _("just now")
    if age < HOUR:
        return _("%(count)d min ago") % {"count": age // MINUTE}
    if age < DAY:
        return _("%(count)d h ago") % {"count": age // HOUR}
    return _("yesterday") if age < DATED_AFTER else date_of(moment, now)


def until(moment: datetime, now: datetime) -> str:
    """How far ahead: "in 12 min", "in 3 h", or a date and time; a moment that has passed is due "at once"."""
    ahead = moment - now
    if ahead <= timedelta(0):
        return _("at once")
    if ahead < MINUTE:
        return _("within a minute")
    if ahead < DAY:
        return _("in %(span)s") % {"span": span(ahead)}
    at = {"date": date_of(moment, now), "time": formats.time_format(timezone.localtime(moment), "H:i")}
    return _("%(date)s, %(time)s") % at


def date_of(moment: datetime, now: datetime) -> str:
    """The date in the installation's timezone, with its year if that is not the present one."""
    here, present = timezone.localtime(moment), timezone.localtime(now)
    return formats.date_format(here, "j M" if here.year == present.year else "j M Y")


def span(length: timedelta) -> str:
    """A length in its largest fitting unit: "40 ms", "12 s", "5 min", "2 h", "3 days"."""
    if length < timedelta(seconds=1):
        return _("%(count)d ms") % {"count": length // timedelta(milliseconds=1)}
    if length < 2 * MINUTE:
        return _("%(count)d s") % {"count": length // timedelta(seconds=1)}
    if length < 2 * HOUR:
        return _("%(count)d min") % {"count": length // MINUTE}
    if length < 2 * DAY:
        return _("%(count)d h") % {"count": length // HOUR}
    return ngettext("%(count)d day", "%(count)d days", length // DAY) % {"count": length // DAY}


def every(length: timedelta) -> str:
    """A rhythm: "every hour", "every 5 min", "every day"."""
    if length == HOUR:
        return _("every hour")
    if length == DAY:
        return _("every day")
    if length == MINUTE:
        return _("every minute")
    return _("every %(span)s") % {"span": span(length)}
