"""What runs by the clock, as rows of django-q2's schedule: made, read as its scheduler does, late, beyond running."""

import ast
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django_q.models import Schedule

from aqi_project import clock

LATE = timedelta(minutes=2)  # less is the queue's own pace
UNREADABLE = (SyntaxError, ValueError, TypeError, AttributeError, MemoryError, RecursionError)


def ensure(name: str, function: str, minutes: int) -> None:
    """Create the schedule where it is missing; an admin's changes to it stay."""
    defaults = {"func": function, "schedule_type": Schedule.MINUTES, "minutes": minutes, "next_run": clock.now()}
    if not Schedule.objects.filter(name=name).exists():
        Schedule.objects.create(name=name, repeats=-1, **defaults)


def arguments(text: str) -> Any:
    """One value, or several with commas between them. Raises one of UNREADABLE."""
    found = ast.literal_eval(text or "()")
    repr(found)  # by which the queue knows a call; there are numbers that Python reads and does not write
    return found


def keywords(text: str) -> dict[str, Any]:
    """A dictionary, or what would stand in a call. Raises one of UNREADABLE."""
    try:
        found = ast.literal_eval(text)
    except UNREADABLE:
        call: Any = ast.parse(f"f({text})", mode="eval").body
        found = {one.arg: ast.literal_eval(one.value) for one in call.keywords}
        if call.args:
            raise ValueError(text) from None
    if not isinstance(found.get("q_options", {}), dict) or not all(isinstance(name, str) for name in found):
        raise ValueError(text)
    repr(found)
    return dict(found)


def _goes_on(row: Schedule) -> None:
    """Its next runs lie ahead: django-q2 would look for one for ever."""
    start = row.next_run or clock.now()
    if row.calculate_next_run(start) <= start:
        raise ValueError(row.minutes)


NEEDS: tuple[tuple[Callable[[Schedule], Any], Any], ...] = (  # what the scheduler does with a row, and what to say
    (lambda row: arguments(row.args), _("Its arguments cannot be read.")),
    (lambda row: keywords(row.kwargs or ""), _("Its keyword arguments cannot be read.")),
    (lambda row: row.schedule_type == row.ONCE or _goes_on(row), _("Its next run cannot be worked out.")),
)


def fault(row: Schedule) -> str:
    """Why it does not run, in a sentence; empty where it does."""
    for need, sentence in NEEDS:
        try:
            need(row)
        except Exception:  # noqa: BLE001 (whatever it is, it would stop the rows after it)
            return str(sentence)
    return "" if row.next_run else str(_("It has no next run."))


def wanted() -> list[Schedule]:
    """The rows but those that have run as often as was wanted."""
    return list(Schedule.objects.exclude(repeats=0))


def faulty(rows: Iterable[Schedule]) -> list[tuple[Schedule, str]]:
    """Those that do not run, each with the reason."""
    return [(row, why) for row in rows if (why := fault(row))]


def late(rows: Iterable[Schedule]) -> timedelta | None:
    """For how long the scheduler has not come to what is due; None where it keeps time."""
    now = clock.now()
    behind = now - min((row.next_run for row in rows if row.next_run), default=now)
    return behind if behind > LATE else None
