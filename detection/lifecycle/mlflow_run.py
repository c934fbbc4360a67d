"""What MLflow keeps of a training: parameters, metrics, artifacts, and its version as a registered model."""

from __future__ import annotations

import json
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detection.lifecycle import drawing
from detection.models import Artifact, ModelVersion, TrainingRun
from detection.versions import artifacts

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

STATUS = {TrainingRun.State.FAILED: "FAILED"}  # in MLflow's words; the others: FINISHED
MODEL = "model"  # folder of the signed artifacts


def run_of(client: MlflowClient, run: TrainingRun) -> Run:
    """The run of this training, found by its tag or made."""
    name = f"aqi/{run.series}"
    experiment = client.get_experiment_by_name(name)
    place = experiment.experiment_id if experiment else client.create_experiment(name)
    found = client.search_runs([place], f"tags.training = '{run.pk}'", max_results=1)
    tags = {"training": str(run.pk), "series": run.series, "who": run.who, "outcome": run.outcome}
    return found[0] if found else client.create_run(
        place, start_time=_milliseconds(run.started_at or run.requested_at), tags=tags, run_name=_name(run)
    )  # fmt: skip


def describe(client: MlflowClient, told: Run, run: TrainingRun, version: ModelVersion | None) -> None:
    """Everything that the rows hold; the version's part where the training wrote one."""
    identity = told.info.run_id
    for name, value in parameters(run, version).items():
        client.log_param(identity, name, value)
    for name, number in metrics(run, version).items():
        client.log_metric(identity, name, number, step=0)
    with tempfile.TemporaryDirectory(prefix="aqi-mlflow-") as folder:
        _write(Path(folder), run, version)
        client.log_artifacts(identity, folder)
    client.set_terminated(
        identity, STATUS.get(run.state, "FINISHED"), _milliseconds(run.finished_at or run.requested_at)
    )


def parameters(run: TrainingRun, version: ModelVersion | None) -> dict[str, Any]:
    """What went in. Values that MLflow compares between runs."""
    asked = {"reason": run.reason, "why": run.why, "who": run.who}
    if version is None:
        return asked
    window = {"trained_from": version.trained_from, "trained_to": version.trained_to, "data_hash": version.data_hash}
    libraries = {f"library {name}": number for name, number in version.libraries.items()}
    return asked | version.parameters | window | {"parent": version.parent} | libraries


def metrics(run: TrainingRun, version: ModelVersion | None) -> dict[str, float]:
    """What came out, as numbers."""
    found: dict[str, Any] = {"seconds": run.seconds, "promoted": float(run.promoted)}
    if version is not None:
        found |= version.metrics | {"rows": version.rows}
    return {name: float(value) for name, value in found.items() if isinstance(value, int | float)}


def _write(folder: Path, run: TrainingRun, version: ModelVersion | None) -> None:
    (folder / "outcome.txt").write_text(f"{run.outcome}\n\n{run.traceback}".strip() + "\n")
    if version is None:
        return
    (folder / "metrics.json").write_text(json.dumps(version.metrics, indent=1))
    if version.held_out:
        (folder / "errors.svg").write_text(drawing.errors(version.held_out))
    (folder / MODEL).mkdir()
    for stored in Artifact.objects.filter(series=version.series, number=version.number):
        (folder / MODEL / stored.name).write_bytes(artifacts.payload_of(stored))
        (folder / MODEL / f"{stored.name}.signature").write_text(stored.signature)


def register(client: MlflowClient, told: Run, version: ModelVersion) -> None:
    """The version in MLflow's registry, unless it is there."""
    name = model_name(version.series)
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name, description=f"Models of {version.series}")
    if registered(client, version.series, version.number) is None:
        source = f"{told.info.artifact_uri}/{MODEL}"
        client.create_model_version(name, source, told.info.run_id, tags={"number": str(version.number)})


def registered(client: MlflowClient, series: str, number: int) -> str | None:
    """MLflow's own number of a version, or None where it does not know it."""
    known = client.search_model_versions(f"name = '{model_name(series)}'")
    return next((one.version for one in known if one.tags.get("number") == str(number)), None)


def model_name(series: str) -> str:
    """MLflow's names hold no slash."""
    return series.replace("/", ".")


def _name(run: TrainingRun) -> str:
    return f"version {run.version}" if run.state == TrainingRun.State.DONE else run.state


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
