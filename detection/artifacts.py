"""Fitted detectors in MongoDB, signed: nothing is unpickled unless this installation wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.crypto import constant_time_compare, salted_hmac

from detection.models import Artifact

if TYPE_CHECKING:
    from detection.detectors import Detector

SALT = "detection.artifacts"


class ArtifactError(Exception):
    """An artifact is missing, was changed, or comes from other library versions. The message says which."""


def save(series: str, number: int, detectors: dict[str, Detector]) -> None:
    """Store the detectors of a version. Writing the same version twice changes nothing."""
    for name, detector in detectors.items():
        payload = detector.save()
        identity = {"series": series, "number": number, "name": name}
        content = {"payload": payload, "signature": signature(series, number, name, payload)}
        Artifact.objects.get_or_create(**identity, defaults=content)


def load(series: str, number: int) -> dict[str, Detector]:
    """The detectors of a version by kind. Raises ArtifactError; then there is no model, and pages say so."""
    found = list(Artifact.objects.filter(series=series, number=number))
    if not found:
        raise ArtifactError(f"Version {number} of {series} has no stored detectors. Train the series again.")
    return {artifact.name: _open(artifact) for artifact in found}


def _open(artifact: Artifact) -> Detector:
    from detection.detectors import detector_class

    payload = bytes(artifact.payload)
    wanted = signature(artifact.series, artifact.number, artifact.name, payload)
    if not constant_time_compare(artifact.signature, wanted):
        raise ArtifactError(
            f"The signature of {artifact} is wrong: it was changed, or SECRET_KEY was. Train the series again."
        )
    try:
        return detector_class(artifact.name).load(payload)
    except ValueError as error:
        raise ArtifactError(f"{artifact}: {error}") from error


def signature(series: str, number: int, name: str, payload: bytes) -> str:
    """HMAC-SHA256 over the artifact and its place, so that no artifact can stand in for another."""
    head = f"{series} {number} {name} ".encode()
    return salted_hmac(SALT, head + payload, algorithm="sha256").hexdigest()
