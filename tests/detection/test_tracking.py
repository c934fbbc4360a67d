"""MLflow is told of every training; a training never waits for it nor fails with it."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from aqi_project.mongodb.mongod import free_port
from detection.models import Series, TrainingRun
from detection.tasks import tell_mlflow
from detection.versions.registry import promote
from tests import cast
from tests.detection.trained import KEY, make_series, make_version
from tests.factories import this_hour
from tests.servers import mlflow

pytestmark = pytest.mark.django_db
HELD_OUT = {"at": ["2025-01-01 00:00", "2025-01-01 05:00"], "challenger": [0.2, 0.3], "champion": [0.4, None]}
needs_client = pytest.mark.skipif(not find_spec("mlflow"), reason="needs mlflow-skinny (requirements-mlflow.txt)")
needs_server = pytest.mark.skipif(not mlflow.COMMAND, reason="needs TEST_MLFLOW, the mlflow of a Python of its own")


@pytest.fixture
def trained() -> Series:
    """A version that serves, and a training that failed."""
    series = make_series(last_number=1)
    given = {"error_challenger": 0.25, "gate": {"sentence": "It beats the champion."}}
    make_version(series, 1, this_hour(), metrics=given, parameters={"window_days": 400}, held_out=HELD_OUT)
    promote(series, 1, who="system", why="The first version.")
    ended = {"series": KEY, "finished_at": this_hour(), "seconds": 12.0}
    TrainingRun.objects.create(**ended, reason="first", state="done", version=1, promoted=True, outcome="It serves.")
    TrainingRun.objects.create(**ended, reason="manual", state="failed", outcome="No data.", traceback="Traceback …")
    TrainingRun.objects.create(series=KEY, reason="schedule")
    return series


def test_without_an_address_nothing_is_told(trained: Series) -> None:
    assert tell_mlflow() == 0


@needs_client
def test_an_mlflow_that_does_not_answer_is_asked_again_later(trained: Series, settings: Any) -> None:
    settings.MLFLOW_TRACKING_URI = f"http://127.0.0.1:{free_port()}"
    assert tell_mlflow() == 0
    assert TrainingRun.objects.filter(mlflow_run="").count() == 3


@needs_client
@needs_server
def test_runs_metrics_artifacts_versions_and_the_champion_appear_in_mlflow(
    trained: Series, settings: Any, tmp_path: Path
) -> None:
    from mlflow import MlflowClient

    with mlflow.serving(tmp_path) as address:
        settings.MLFLOW_TRACKING_URI = address
        assert tell_mlflow() == 2
        TrainingRun.objects.filter(state="done").update(mlflow_run="")  # as if killed before it noted the id
        assert tell_mlflow() == 1
        client = MlflowClient(address, address)
        place = client.get_experiment_by_name(f"aqi/{KEY}").experiment_id
        runs = {run.info.run_name: run for run in client.search_runs([place])}
        assert set(runs) == {"version 1", "failed"}
        done = runs["version 1"]
        assert done.data.metrics == {"seconds": 12.0, "promoted": 1.0, "error_challenger": 0.25, "rows": 8760.0}
        assert done.data.params["window_days"] == "400"
        assert {one.path for one in client.list_artifacts(done.info.run_id)} == {
            "errors.svg", "metrics.json", "model", "outcome.txt",
        }  # fmt: skip
        assert runs["failed"].info.status == "FAILED"
        champion = client.get_model_version_by_alias("lahore.pm2_5", "champion")
        assert (champion.tags["number"], champion.run_id) == ("1", done.info.run_id)
        make_version(trained, 2, this_hour())
        TrainingRun.objects.create(series=KEY, reason="manual", state="done", version=2, finished_at=this_hour())
        promote(Series.objects.get(), 2, who="ayesha", why="better")
        assert tell_mlflow() == 1
        assert client.get_model_version_by_alias("lahore.pm2_5", "champion").tags["number"] == "2"


def page(state: str) -> str:
    run = TrainingRun.objects.get(state=state)
    return cast.admin().get(reverse("admin:detection_trainingrun_change", args=[run.pk])).content.decode()


def test_a_training_has_a_page_with_parameters_metrics_and_picture(trained: Series) -> None:
    found = page("done")
    assert "<svg" in found
    assert "window_days: <strong>400</strong>" in found
    assert "error_challenger: <strong>0.25</strong>" in found


def test_a_failed_training_has_a_page_with_its_traceback(trained: Series) -> None:
    assert "Traceback …" in page("failed")
