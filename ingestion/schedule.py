"""What ingestion does by the clock, and the project as a whole."""

from django.utils.translation import gettext_noop as _

from aqi_project.queue import schedules


def ensure_schedules() -> None:
    schedules.ensure(_("Poll the stations"), "ingestion.tasks.poll_stations", minutes=1)
    schedules.ensure(_("Play the recordings"), "ingestion.tasks.play_recordings", minutes=1)
    schedules.ensure(_("Fill the gaps"), "ingestion.tasks.fill_gaps", minutes=60)
    schedules.ensure(_("Learn the habits"), "ingestion.tasks.learn_habits", minutes=24 * 60)
    schedules.ensure(_("Forget what has expired"), "aqi_project.tasks.forget_expired", minutes=24 * 60)
