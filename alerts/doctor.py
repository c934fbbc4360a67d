"""Does mail go out, and do deliveries arrive?"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.core.mail import get_connection

from alerts.models import Delivery
from aqi_project import clock
from aqi_project.doctor import Finding, notice, well, wrong

LATE = timedelta(minutes=10)
LATELY = timedelta(hours=24)


def mail_is_accepted() -> Iterator[Finding]:
    """The mail server is asked for a connection, with name and password; nothing is sent."""
    if settings.EMAIL_BACKEND == "alerts.channels.mail.DevelopmentBackend":
        yield notice(f"No mail leaves this machine; mails lie in {settings.EMAIL_FILE_PATH}.", "Set EMAIL_URL.")
        return
    server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        connection = get_connection()
        connection.open()
        connection.close()
    except OSError as error:  # all of smtplib's errors are
        yield wrong(f"The mail server {server} refuses: {error}.", "Correct EMAIL_URL, or ask its operators.")
    else:
        yield well(f"The mail server {server} lets us in.")


def deliveries_arrive() -> Iterator[Finding]:
    now = clock.now()
    late = Delivery.objects.filter(state=Delivery.State.QUEUED, next_attempt_at__lt=now - LATE).count()
    if late:
        yield wrong(f"{late} deliveries should have gone out long ago.", "See whether a worker runs (area queue).")
    failed = Delivery.objects.filter(state=Delivery.State.FAILED, created_at__gte=now - LATELY)
    for channel, count in Counter(failed.values_list("channel", flat=True)).items():
        says = f"{count} deliveries by {channel} failed in the last day."
        yield notice(says, "The admin shows each with its error under Deliveries.")
    if not late:
        yield well("No delivery is late.")
