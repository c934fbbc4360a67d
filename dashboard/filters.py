"""What a reader narrows a list of events down to. Unknown words in the address are left out, never an error."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from detection.models import Anomaly, Severity
from ingestion.models import Variable

AIR, FAULTS = "air", "faults"


@dataclass(frozen=True)
class EventFilter:
    """Empty text: no restriction. `about`: AIR or FAULTS, never both, because a fault is no pollution."""

    pollutant: str
    kind: str
    severity: int
    about: str
    before: datetime | None
    variables: tuple[Variable, ...]

    @classmethod
    def of(cls, query: Mapping[str, str], events: QuerySet[Anomaly]) -> "EventFilter":
        known = list(Variable.objects.all())
        wanted = _one_of(query.get("pollutant"), [v.code for v in known])
        there = {*events.values_list("variable", flat=True).distinct(), wanted}
        variables = tuple(v for v in known if v.code in there)
        return cls(
            wanted,
            _one_of(query.get("kind"), Anomaly.Kind.values),
            int(_one_of(query.get("severity"), [str(value) for value in Severity.values]) or Severity.INFO),
            _one_of(query.get("about"), (AIR, FAULTS)) or AIR,
            _moment(query.get("before")),
            variables,
        )

    def apply(self, events: QuerySet[Anomaly]) -> QuerySet[Anomaly]:
        found = events.filter(is_fault=self.about == FAULTS, severity__gte=self.severity)
        if self.pollutant:
            found = found.filter(variable=self.pollutant)
        if self.kind:
            found = found.filter(kind=self.kind)
        return found.filter(start__lt=self.before) if self.before else found

    def kinds(self) -> list[tuple[str, str]]:
        faults = self.about == FAULTS
        names = dict(Anomaly.Kind.choices) | {Anomaly.Kind.SPIKE.value: _("Sudden change")}
        return [(kind, name) for kind, name in names.items() if (kind in Anomaly.SENSOR_FAULTS) == faults]

    def severities(self) -> list[tuple[int, str]]:
        return list(Severity.choices)


def _one_of(word: str | None, known: object) -> str:
    return word if word and word in known else ""


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):  # in UTC it may lie before the first year or after the last
        return None
