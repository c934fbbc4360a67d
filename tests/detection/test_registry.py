"""Who lets which version serve, and what is refused."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from detection.lifecycle.gate.decision import Decision
from detection.lifecycle.training import outcomes
from detection.lifecycle.training.fitting import Trained
from detection.live import serving, warm
from detection.live.scoring import score_station
from detection.management.account import account_name
from detection.models import Artifact, ModelVersion, Promotion, Series, TrainingRun
from detection.models.immutable import ImmutableError
from detection.versions import artifacts
from detection.versions.registry import RegistryError, has_served, promote, rollback, step_back, versions
from tests.detection.trained import KEY, make_series, make_version
from tests.factories import make_lahore, make_readings, this_hour

pytestmark = pytest.mark.django_db


@pytest.fixture
def series() -> Series:
    """Three versions; the first serves."""
    made = make_series(last_number=3)
    for number in (1, 2, 3):
        make_version(made, number, this_hour())
    promote(made, 1, who="system", why="The first version.")
    return made


def champion() -> int | None:
    return Series.objects.get(key=KEY).champion


def test_a_promotion_is_a_row_that_says_who_why_from_and_to(series: Series) -> None:
    promote(series, 2, who="ayesha", why="It knows the winter.")
    row = Promotion.objects.filter(series=KEY).first()
    assert row is not None
    assert (row.who, row.why, row.from_number, row.to_number) == ("ayesha", "It knows the winter.", 1, 2)
    assert champion() == 2


class Cleared(dict[str, Series]):
    """A memory that another thread clears at once."""

    def __setitem__(self, key: str, value: Series) -> None: ...


def test_a_memory_that_is_cleared_meanwhile_loses_no_series(series: Series, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "_series", Cleared())
    assert serving.champion(KEY).version == 1


def test_rolling_back_twice_goes_two_versions_back(series: Series) -> None:
    promote(series, 2, who="system", why="better")
    promote(series, 3, who="system", why="better")
    assert rollback(series, who="ayesha", why="It was wrong.").to_number == 2
    assert rollback(series, who="ayesha", why="Still wrong.").to_number == 1
    assert champion() == 1


def test_ways_back_never_lead_in_a_circle_after_an_old_version_was_promoted_again(series: Series) -> None:
    for number in (2, 3, 1):
        promote(series, number, who="ayesha", why="try")
    assert [rollback(series, who="ayesha", why="It was wrong.").to_number for _ in range(3)] == [3, 2, 1]
    with pytest.raises(RegistryError, match="no way back"):
        rollback(series, who="ayesha", why="It was wrong.")


def test_a_way_back_passes_over_what_could_not_be_opened(series: Series) -> None:
    for number in (2, 3):
        promote(series, number, who="ayesha", why="try")
    Artifact.objects.filter(number=2).update(payload=b"something else")
    step_back(series, "Version 3 cannot be opened.")
    assert champion() == 1
    with pytest.raises(RegistryError, match="no way back"):
        rollback(series, who="ayesha", why="It was wrong.")


def test_a_promotion_brings_the_change_of_the_source_that_its_version_was_fitted_after(series: Series) -> None:
    change = this_hour() - timedelta(days=20)
    for number, since in ((2, change), (3, change - timedelta(days=30))):
        TrainingRun.objects.create(series=KEY, reason="drift", state="done", version=number, window_starts_at=since)
    promote(series, 2, who="ayesha", why="It knows what is sent now.")
    assert Series.objects.get(key=KEY).window_starts_at == change
    series.refresh_from_db()
    promote(series, 3, who="ayesha", why="try")
    rollback(series, who="ayesha", why="It was wrong.")
    assert Series.objects.get(key=KEY).window_starts_at == change, "an older change is no news, a way back forgets none"


def test_a_training_that_dies_once_its_version_serves_has_kept_the_change(
    series: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = this_hour() - timedelta(days=20)
    run = TrainingRun.objects.create(series=KEY, reason="drift", state="running", window_starts_at=change)
    trained = Trained(ModelVersion.objects.get(series=KEY, number=2), True, Decision(True, "It beats the champion."))

    def serve_and_die(*args: Any, **named: Any) -> None:
        promote(*args, **named)
        raise KeyboardInterrupt

    monkeypatch.setattr(outcomes, "train", lambda *_: trained)
    monkeypatch.setattr(outcomes, "promote", serve_and_die)
    with pytest.raises(KeyboardInterrupt):
        outcomes.carry_out(run)
    found = Series.objects.get(key=KEY)
    assert (found.champion, found.window_starts_at) == (2, change)


def test_another_series_with_the_same_numbers_keeps_its_own_champion_and_history(series: Series) -> None:
    other = make_series("karachi/pm2_5")
    for number in (1, 2, 7, 8):
        make_version(other, number, this_hour())
    promote(other, 1, who="system", why="The first version.")
    promote(series, 2, who="ayesha", why="better")
    assert Series.objects.get(key=other.key).champion == 1
    assert not has_served(other.key, 2)
    for number in (7, 8, 2):
        promote(other, number, who="system", why="better")
    assert [version.number for version in versions(KEY)] == [3, 2, 1]
    assert rollback(series, who="ayesha", why="It was wrong.").to_number == 1


def test_the_change_that_another_series_version_was_fitted_after_is_none_of_this_one(series: Series) -> None:
    since = this_hour() - timedelta(days=20)
    TrainingRun.objects.create(series="karachi/pm2_5", reason="drift", state="done", version=2, window_starts_at=since)
    promote(series, 2, who="ayesha", why="better")
    assert Series.objects.get(key=KEY).window_starts_at is None


@pytest.fixture
def unwritten(series: Series) -> Series:
    """Version 2 serves, and the process died before it wrote the row that says so."""
    promote(series, 2, who="ayesha", why="better")
    Promotion.objects.filter(to_number=2).delete()
    return series


def test_after_a_death_in_the_middle_of_a_promotion_there_is_a_way_back(unwritten: Series) -> None:
    assert rollback(unwritten, who="ayesha", why="It was wrong.").to_number == 1


def test_a_version_whose_promotion_died_in_the_middle_has_served(unwritten: Series) -> None:
    assert has_served(KEY, 2)
    assert not has_served(KEY, 3)


def test_the_next_promotion_writes_the_row_of_one_that_died_in_the_middle(unwritten: Series) -> None:
    promote(unwritten, 3, who="system", why="best")
    assert list(Promotion.objects.order_by("change").values_list("to_number", "who")) == [
        (1, "system"), (2, "ayesha"), (3, "system"),
    ]  # fmt: skip


def test_there_is_no_way_back_before_the_first_version(series: Series) -> None:
    with pytest.raises(RegistryError, match="no way back"):
        rollback(series, who="ayesha", why="try")


def test_a_promotion_that_comes_too_late_is_refused_and_leaves_no_row(series: Series) -> None:
    stale = Series.objects.get(key=KEY)
    promote(series, 2, who="system", why="better")
    with pytest.raises(RegistryError, match="changed meanwhile"):
        promote(stale, 3, who="system", why="better")
    assert champion() == 2
    assert Promotion.objects.count() == 2


def test_of_many_promotions_at_once_one_wins(series: Series) -> None:
    stale = [Series.objects.get(key=KEY) for _ in range(6)]

    def race(place: int) -> bool:
        try:
            promote(stale[place], 2 + place % 2, who=f"person {place}", why="now")
        except RegistryError:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        won = list(pool.map(race, range(6)))
    assert sum(won) == 1
    assert Promotion.objects.count() == 2
    assert champion() == Promotion.objects.get(why="now").to_number


@pytest.mark.parametrize(("number", "sentence"), [(9, "no version 9"), (1, "serves already")])
def test_a_version_that_is_not_there_or_serves_is_refused(series: Series, number: int, sentence: str) -> None:
    with pytest.raises(RegistryError, match=sentence):
        promote(series, number, who="ayesha", why="try")


def test_a_promotion_without_a_reason_is_refused(series: Series) -> None:
    with pytest.raises(RegistryError, match="Say why"):
        promote(series, 2, who="ayesha", why=" ")


def test_a_tampered_version_is_refused_and_the_champion_keeps_serving(series: Series) -> None:
    Artifact.objects.filter(number=2).update(payload=b"something else")
    with pytest.raises(RegistryError, match=r"signature .* wrong.*Version 1 keeps serving"):
        promote(series, 2, who="ayesha", why="try")
    assert champion() == 1


def test_a_version_of_another_library_is_refused(series: Series) -> None:
    make_version(series, 4, this_hour(), libraries={"numpy": "1.0"})
    with pytest.raises(RegistryError, match=r"saved with numpy 1\.0"):
        promote(series, 4, who="ayesha", why="try")


def test_a_champion_that_cannot_be_used_gives_way_to_the_newest_that_can(series: Series) -> None:
    promote(series, 3, who="system", why="better")
    Artifact.objects.filter(number__in=[2, 3]).update(payload=b"something else")
    row = step_back(series, "Its signature is wrong.")
    assert row is not None
    assert (row.to_number, row.why, champion()) == (1, "Its signature is wrong.", 1)


def test_it_does_not_give_way_to_a_later_one_that_was_never_let_to_serve(series: Series) -> None:
    promote(series, 2, who="system", why="better")
    row = step_back(series, "Its signature is wrong.")
    assert row is not None
    assert row.to_number == 1


def test_a_champion_that_an_admin_has_deleted_gives_way_too(series: Series) -> None:
    make_lahore()
    make_readings("lahore", hours=3)
    promote(series, 3, who="system", why="better")
    ModelVersion.objects.filter(series=KEY, number=3).delete()
    warm.open_champions()
    assert score_station("lahore") == 3
    assert champion() == 2
    row = Promotion.objects.order_by("-change").first()
    assert row is not None
    assert row.why == f"Version 3 of {KEY} is not there any more."


def test_where_nothing_can_be_opened_a_training_is_asked_for_once(series: Series) -> None:
    make_lahore()
    make_readings("lahore", hours=3)
    Artifact.objects.update(payload=b"something else")
    score_station("lahore")
    make_readings("lahore", hours=5)
    score_station("lahore")
    run = TrainingRun.objects.get()
    assert (run.reason, champion()) == ("upgrade", 1)
    assert run.why.startswith("The signature of lahore/pm2_5 1")


def test_a_version_is_never_changed(series: Series) -> None:
    version = ModelVersion.objects.get(series=KEY, number=1)
    version.rows = 1
    with pytest.raises(ImmutableError):
        version.save()
    with pytest.raises(ImmutableError):
        ModelVersion.objects.filter(series=KEY).update(rows=1)


def test_a_large_artifact_lies_in_gridfs_and_comes_back(series: Series, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artifacts, "LARGEST_DOCUMENT", 10)
    make_version(series, 4, this_hour())
    stored = Artifact.objects.get(number=4)
    assert stored.file
    assert not stored.payload
    assert artifacts.load_detectors(KEY, 4)["out_of_range"].fitted
    artifacts.discard(KEY, 4)
    with pytest.raises(artifacts.ArtifactError, match="not there any more"):
        artifacts.payload_of(stored)


def said(*command: str) -> str:
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


def test_the_commands_promote_list_and_roll_back(series: Series) -> None:
    assert "1 → 2" in said("promote", KEY, "2", "--why", "by hand")
    rows = json.loads(said("models", KEY, "--json"))
    assert [(row["number"], row["alias"]) for row in rows] == [(3, ""), (2, "champion"), (1, "")]
    assert "2 → 1" in said("rollback", KEY, "--why", "by hand")
    assert "champion" in said("models")
    by_hand = Promotion.objects.filter(why="by hand").order_by("change")
    assert [(row.action, row.who) for row in by_hand] == [("promote", account_name()), ("rollback", account_name())]


def test_before_the_first_training_the_commands_say_that_there_is_nothing() -> None:
    with pytest.raises(CommandError, match="There are: none yet"):
        said("promote", "lahore/pm2_5", "1", "--why", "try")


def test_times_for_programs_have_their_offset_and_those_for_people_none(series: Series) -> None:
    newest = ModelVersion.objects.get(series=KEY, number=3)
    row = json.loads(said("models", KEY, "--json"))[0]
    assert datetime.fromisoformat(row["created"]) == newest.created_at
    assert datetime.fromisoformat(row["until"]) == newest.trained_to
    assert f"  {newest.trained_to:%Y-%m-%d %H:%M}  " in said("models", KEY)


def test_the_commands_say_what_there_is(series: Series) -> None:
    with pytest.raises(CommandError, match=f"There are: {KEY}"):
        said("promote", "nowhere/pm2_5", "1", "--why", "try")
