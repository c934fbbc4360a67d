"""Fitted detectors in MongoDB, signed: nothing is unpickled unless this installation wrote it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol, TypeVar

from bson import ObjectId
from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac
from gridfs import GridFSBucket, NoFile

from aqi_project import clock
from detection.models import Artifact, ModelVersion, Series
from detection.versions.compatibility import cannot_open

if TYPE_CHECKING:
    from detection.detectors import Detector
    from detection.forecasting import Forecaster

log = logging.getLogger(__name__)
T = TypeVar("T")
SALT = "detection.lifecycle.artifacts"  # stays as it is: stored signatures are made with it
FORECASTER = "forecaster"
LARGEST_DOCUMENT = 4 * 1024 * 1024  # bytes: 12 MB are refused by a database whose cache is 64 MB
SETTLED = timedelta(hours=1)  # what a living training has written is younger
BUCKET = "detection_artifact_files"


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
        signed = {"signature": signature(series, number, name, payload)}
        if not Artifact.objects.filter(**identity).exists():
            Artifact.objects.get_or_create(**identity, defaults=signed | _place(payload, f"{series} {number} {name}"))


def _place(payload: bytes, name: str) -> dict[str, bytes | str]:
    """Where the bytes are kept: in the document, or beside it where they are too many."""
    if len(payload) <= LARGEST_DOCUMENT:
        return {"payload": payload}
    return {"payload": b"", "file": str(_bucket().upload_from_stream(name, payload))}


def _bucket() -> GridFSBucket:
    connection.ensure_connection()
    return GridFSBucket(connection.database, BUCKET)


def payload_of(artifact: Artifact) -> bytes:
    """The bytes, from wherever they are kept. Raises ArtifactError where their file is gone."""
    if not artifact.file:
        return bytes(artifact.payload)
    try:
        return bytes(_bucket().open_download_stream(ObjectId(artifact.file)).read())
    except NoFile as error:
        raise ArtifactError(f"The file of {artifact} is not there any more. Train the series again.") from error


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


def check(series: str, number: int) -> None:
    """Whether a version could be opened here, without opening it. Raises ArtifactError, saying what is wrong."""
    for one in _stored(series, number):
        _verified(one)
    saved = ModelVersion.objects.filter(series=series, number=number).values_list("libraries", flat=True).first()
    if saved is None:
        raise ArtifactError(f"Version {number} of {series} is not there any more. Train the series again.")
    if why := cannot_open(saved):
        raise ArtifactError(f"Version {number} of {series} {why}. Train the series again.")


def discard(series: str, number: int) -> None:
    """Remove what was stored for a version."""
    found = Artifact.objects.filter(series=series, number=number)
    for file in found.exclude(file="").values_list("file", flat=True):
        _bucket().delete(ObjectId(file))
    found.delete()


def moved(old: str, new: str) -> None:
    """Let the artifacts of a series belong to another key; what was signed before is signed again, and nothing else."""
    for one in Artifact.objects.filter(series=old):
        try:
            signed = signature(new, one.number, one.name, _verified(one))
        except ArtifactError as error:  # it stays unusable; the move of a station must not end halfway for it
            log.warning("%s", error)
            signed = one.signature
        Artifact.objects.filter(pk=one.pk).update(series=new, signature=signed)


def orphans() -> list[tuple[str, int]]:
    """Versions that have artifacts and nothing else: their training died between the two, and not just now.

    Series that are not there do not count: their station is being renamed, and the versions follow.
    """
    there = list(Series.objects.values_list("key", flat=True))
    old = Artifact.objects.filter(pk__lt=_id_of(clock.now() - SETTLED), series__in=there)
    return sorted(set(old.values_list("series", "number")) - set(ModelVersion.objects.values_list("series", "number")))


def clear_orphans() -> int:
    """Remove what trainings that died have left, large files that no artifact names included; returns how many."""
    left = orphans()
    for series, number in left:
        discard(series, number)
    bucket, named = _bucket(), set(Artifact.objects.exclude(file="").values_list("file", flat=True))
    stored = bucket.find({"_id": {"$lt": _id_of(clock.now() - SETTLED)}})
    lost = [one._id for one in stored if str(one._id) not in named]
    for file in lost:
        bucket.delete(file)
    return len(left) + len(lost)


def _id_of(moment: datetime) -> ObjectId:
    """The least id of what is written from `moment` on."""
    return ObjectId.from_datetime(moment)


def _stored(series: str, number: int) -> QuerySet[Artifact]:
    found = Artifact.objects.filter(series=series, number=number)
    if not found:
        raise ArtifactError(f"Version {number} of {series} has no stored detectors. Train the series again.")
    return found


def _open(artifact: Artifact, load: Callable[[bytes], T]) -> T:
    """What the artifact holds, unpickled only after its signature was found right."""
    try:
        return load(_verified(artifact))
    except ValueError as error:
        raise ArtifactError(f"{artifact}: {error}") from error


def _verified(artifact: Artifact) -> bytes:
    """The artifact's bytes, as this installation wrote them."""
    payload = payload_of(artifact)
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        wanted = signature(artifact.series, artifact.number, artifact.name, payload, secret)
        if constant_time_compare(artifact.signature, wanted):
            return payload
    raise ArtifactError(
        f"The signature of {artifact} is wrong: it was changed, or SECRET_KEY was. Train the series again."
    )


def sign_again() -> Iterator[ArtifactError | None]:
    """Sign with the present SECRET_KEY what an earlier one signed: None for each, or why it cannot be."""
    for one in Artifact.objects.iterator():
        try:
            signed = signature(one.series, one.number, one.name, _verified(one))
        except ArtifactError as error:
            yield error
        else:
            if one.signature != signed:
                Artifact.objects.filter(pk=one.pk).update(signature=signed)
                yield None


def signature(series: str, number: int, name: str, payload: bytes, secret: str | None = None) -> str:
    """HMAC-SHA256 over the artifact and its place, so that no artifact can stand in for another."""
    head = f"{series} {number} {name} ".encode()
    return salted_hmac(SALT, head + payload, secret, algorithm="sha256").hexdigest()
