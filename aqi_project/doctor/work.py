"""Background work: is there a worker, does it keep up, and what failed?"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from django_q.brokers import get_broker
from django_q.models import Failure

from aqi_project import clock
from aqi_project.doctor import Finding, notice, well, wrong
from aqi_project.queue import schedules

LATELY = timedelta(hours=24)
LONG_QUEUE = 500  # tasks
START = (
    "Start one: manage.py qcluster, with Q_SCHEDULER=true on exactly one machine. "
    "Where it has just been started, wait half a minute."
)

KILLED = "The worker's log says by which signal; by 9 most often for lack of memory, or after ten minutes."
CORRECT = (
    "Correct it in the admin under Background work, Scheduled tasks, and give it a next run; "
    "one of the project's own may be deleted there and comes back with manage.py setup."
)


def queue_moves() -> Iterator[Finding]:
    rows = schedules.wanted()
    if not rows:
        yield wrong("Nothing is scheduled, so no reading is asked for.", "Run manage.py setup.")
    for row, why in schedules.faulty(rows):
        yield wrong(f"The scheduled task {row.name or row.func} does not run. {why}", CORRECT)
    if late := schedules.late(rows):
        yield wrong(f"What is scheduled waits for {late.total_seconds() / 60:,.0f} minutes: no scheduler runs.", START)
    waiting = get_broker().queue_size()
    says = f"{waiting:,} tasks wait."
    yield notice(says, "Add workers, or raise WORKERS (docs/operate.md).") if waiting > LONG_QUEUE else well(says)
    for call, deaths in get_broker().deadly().items():
        yield notice(f"{call} has killed its process {deaths} times; it is tried once an hour.", KILLED)
    yield from _failures()


def _failures() -> Iterator[Finding]:
    failed = Failure.objects.filter(stopped__gte=clock.now() - LATELY).values_list("func", flat=True)
    for function, count in Counter(failed).most_common():
        says = f"{function} failed {count} times in the last day."
        yield notice(says, "Its error is in the admin under Background work, Failed tasks.")
