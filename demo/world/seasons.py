"""How busy each day is: weekends are quiet, August is slow, and the last days of December are nearly empty."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from demo.world import DAYS

WEEKDAYS = (1.08, 1.12, 1.06, 1.0, 0.82, 0.14, 0.1)
MONTHS = (1.0, 1.02, 1.05, 1.0, 1.0, 0.98, 0.82, 0.66, 1.04, 1.06, 1.04, 0.92)
HOURS = (1, 0, 0, 0, 0, 1, 4, 14, 34, 46, 44, 36, 26, 34, 42, 40, 32, 20, 9, 6, 5, 4, 3, 2)
_HOURS_SO_FAR = tuple(accumulate(HOURS))


def weight(day: date) -> float:
    """How busy a day is, where a usual one is about 1."""
    holidays = 0.2 if (day.month, day.day) >= (12, 23) or (day.month, day.day) <= (1, 2) else 1.0
    return WEEKDAYS[day.weekday()] * MONTHS[day.month - 1] * holidays


class Calendar:
    """The days from the first to today, each as likely as it is busy."""

    def __init__(self, today: date) -> None:
        days = (today - timedelta(days=DAYS - number) for number in range(DAYS + 1))
        self._so_far: Sequence[float] = [0.0, *accumulate(map(weight, days))]

    def busy(self, first: int, end: int) -> float:
        """The weights of the days from `first` until before `end`, added up."""
        return self._so_far[end] - self._so_far[first]

    def some(self, random: Random, first: int, end: int, rate: float) -> list[int]:
        """About `rate` days for each usual day from `first` until before `end`, in order; busy ones come more often."""
        if end <= first:
            return []
        lowest, span = self._so_far[first], self._so_far[end] - self._so_far[first]
        count = poisson(random, rate * span)
        return sorted(bisect_right(self._so_far, lowest + random.random() * span, first, end) - 1 for _ in range(count))


def poisson(random: Random, mean: float) -> int:
    """How often something happens that happens `mean` times in the middle; exact enough for stories."""
    if mean > 30:
        return max(0, round(random.gauss(mean, mean**0.5)))
    count, left = 0, random.expovariate(1.0)
    while left < mean:
        count += 1
        left += random.expovariate(1.0)
    return count


def second_of_day(random: Random) -> int:
    """A moment of the day, mostly in working hours (UTC)."""
    hour = bisect_right(_HOURS_SO_FAR, random.random() * _HOURS_SO_FAR[-1])
    return hour * 3600 + int(random.random() * 3600)
