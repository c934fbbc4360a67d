"""What runs by the clock, as rows of django-q2's schedule."""

from django_q.models import Schedule

from aqi_project import clock


def ensure(name: str, function: str, minutes: int) -> None:
    """Create the schedule where it is missing; an admin's changes to it stay."""
    defaults = {"func": function, "schedule_type": Schedule.MINUTES, "minutes": minutes, "next_run": clock.now()}
    if not Schedule.objects.filter(name=name).exists():
        Schedule.objects.create(name=name, repeats=-1, **defaults)
