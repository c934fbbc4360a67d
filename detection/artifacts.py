"""Fitted detectors in MongoDB, signed: nothing is unpickled unless this installation wrote it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol, TypeVar

from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from detection.models import Artifact

if TYPE_CHECKING:
    from detection.detectors import Detector
    from detection.forecasting import Forecaster

T = TypeVar("T")
SALT = "detection.artifacts"
FORECASTER = "forecaster"


class Fitted(Protocol):
    """Whatever can be stored."""

    def save(self) -> bytes: ...


class ArtifactError(Exception):
    """An artifact is missing, was changed, or comes from other library versions. The message says which."""


def save(series: str, number: int, fitted: Mapping[str, Fitted]) -> None:
    """Store what a version has learnt. Writing the same version twice changes nothing."""
    for name, one in fitted.items():
        payload = one.save()
        identity = {"series": series, "number": number, "name": name}
        content = {"payload": payload, "signature": signature(series, number, name, payload)}
        Artifact.objects.get_or_create(**identity, defaults=content)


def load_detectors(series: str, number: int) -> dict[str, Detector]:
    """The detectors of a version by kind. Raises ArtifactError; then there is no model, and pages say so."""
    from detection.detectors import detector_class

    found = _stored(series, number).exclude(name=FORECASTER)
    return {one.name: _open(one, detector_class(one.name).load) for one in found}


def load_forecaster(series: str, number: int) -> Forecaster | None:
    """The forecaster of a version, or None where the history was too short for one."""
    from detection.forecasting import Forecaster

    found = _stored(series, number).filter(name=FORECASTER).first()
    return _open(found, Forecaster.load) if found else None


def _stored(series: str, number: int) -> QuerySet[Artifact]:
    found = Artifact.objects.filter(series=series, number=number)
    if not found:
        raise ArtifactError(f"Version {number} of {series} has no stored detectors. Train the series again.")
    return found


def _open(artifact: Artifact, load: Callable[[bytes], T]) -> T:
    """What the artifact holds, unpickled only after its signature was found right."""
    payload = bytes(artifact.payload)
    wanted = signature(artifact.series, artifact.number, artifact.name, payload)
    if not constant_time_compare(artifact.signature, wanted):
        raise ArtifactError(
            f"The signature of {artifact} is wrong: it was changed, or SECRET_KEY was. Train the series again."
        )
    try:
        return load(payload)
    except ValueError as error:
        raise ArtifactError(f"{artifact}: {error}") from error


def signature(series: str, number: int, name: str, payload: bytes) -> str:
    """HMAC-SHA256 over the artifact and its place, so that no artifact can stand in for another."""
    head = f"{series} {number} {name} ".encode()
    return salted_hmac(SALT, head + payload, algorithm="sha256").hexdigest()
