"""The pages that say how far to trust the others."""

import html
import re
from datetime import timedelta

import pytest
from django_q.models import Schedule

from alerts.models import Delivery
from aqi_project import clock
from aqi_project.mongo import collection
from dashboard.status import deliveries, lines, providers
from dashboard.trust import card
from dashboard.trust.record import months
from detection.lifecycle.watch import records
from detection.models import DriftReport, ModelVersion, MonthlyRecord, Promotion, ProviderForecast, Series
from ingestion.models import RejectedItem, Station
from tests import factories as make
from tests.cast import citizen
from tests.detection.trained import make_version
from tests.markup import tight

pytestmark = pytest.mark.django_db


PAGE = "/lahore/lahore/model/"


def issue_and_judge(hours_ago: int = 30) -> None:
    """A forecast of so many hours ago, and the record that the worker keeps of it."""
    make.make_forecast("lahore/pm2_5", make.this_hour() - hours_ago * make.HOUR)
    records.update("lahore")


def lines_of(key: str = "lahore/pm2_5") -> dict[str, object]:
    return {line.hours: line for line in months(Series.objects.get(key=key))[0].lines}


def test_a_forecast_that_came_true_has_no_error_and_beats_persistence(modelled_lahore):
    issue_and_judge()
    lines = lines_of()
    assert lines["2–6"].record.error == pytest.approx(0)
    assert lines["2–6"].better == pytest.approx(1)
    assert lines["2–6"].record.coverage == 1.0
    assert "49–72" not in lines


def test_a_forecast_that_failed_says_so(modelled_lahore):
    make.make_reading("lahore", make.this_hour() - 29 * make.HOUR, pm2_5=900.0)
    issue_and_judge()
    assert lines_of()["1"].record.coverage == 0.0
    assert lines_of()["1"].record.error > 700


def test_a_recording_says_why_its_provider_is_not_compared(modelled_lahore):
    issue_and_judge()
    assert "No forecast of the provider&#x27;s own is old enough" in citizen().get(PAGE).content.decode()
    Station.objects.update(provider=Station.Provider.REPLAY)
    page = citizen().get(PAGE).content.decode()
    assert "own forecasts were not recorded" in page
    assert '<th scope="col">the provider' not in page


def test_the_record_stands_beside_the_providers_own_forecast(modelled_lahore):
    issued = make.this_hour() - 30 * make.HOUR
    values = {"pm2_5": [make.usual_pm(issued + row * make.HOUR) + 7 for row in range(1, 31)]}
    start = issued + make.HOUR
    ProviderForecast.objects.create(
        station="lahore", provider="openweather", issued_at=issued, start=start, values=values
    )
    issue_and_judge()
    assert lines_of()["7–24"].record.provider == pytest.approx(7)
    page = citizen().get(PAGE).content.decode()
    assert "the provider&#x27;s own" in page
    assert "<td>7.0</td>" in page


def test_months_are_compared_once_there_are_two(modelled_lahore):
    issue_and_judge()
    assert "A day ahead, month by month" not in citizen().get(PAGE).content.decode()
    figures = {"count": 9, "error": 20.0, "persistence": 40.0, "coverage": 0.9}
    MonthlyRecord.objects.create(series="lahore/pm2_5", month="2020-01", hours="7-24", **figures)
    page = citizen().get(PAGE).content.decode()
    assert "A day ahead, month by month" in page
    assert "January 2020" in page


def test_the_model_card_names_the_champion_and_those_before(modelled_lahore):
    old = ModelVersion.objects.get()
    ModelVersion.objects.create(
        series=old.series, number=2, reason="drift", trained_from=old.trained_from, trained_to=old.trained_to,
        rows=4321, data_hash="1" * 64, seconds=1.0, band=old.band,
    )  # fmt: skip
    Series.objects.update(champion=2)
    page = citizen().get(PAGE).content.decode()
    assert "version 2 serves" in page
    assert "4321 readings" in page or "4,321 readings" in page
    assert "The data drifted" in page
    assert "First training" in page


@pytest.mark.parametrize(
    ("challenger", "fate"), [(2, "It watches beside the version that serves."), (None, "It has never served.")]
)
def test_the_card_says_why_a_version_that_passed_does_not_serve(modelled_lahore, challenger, fate):
    gate = {"passed": True, "comparisons": [compared("champion", 0.5, beaten=True)]}
    make_version(Series.objects.get(key="lahore/pm2_5"), 2, make.this_hour(), metrics={"gate": gate})
    Series.objects.filter(key="lahore/pm2_5").update(challenger=challenger, shadow_days=2)
    assert f"It passed the test. {fate}</small>" in citizen().get(PAGE).content.decode()


def compared(rival: str, ratio: float, *, beaten: bool) -> dict[str, object]:
    return {"rival": rival, "ratio": ratio, "p_value": 0.5, "effective": 9.0, "beaten": beaten}


def test_the_test_of_a_version_is_told_in_sentences():
    found = [compared("champion", 0.9, beaten=False), compared("persistence", 1.2, beaten=False)]
    version = ModelVersion(metrics={"coverage": 0.93, "gate": {"passed": False, "comparisons": found}})
    assert " ".join(card.tested(version)) == (
        "Its error was 10% smaller than that of the version that served. That may be chance. "
        "Its error was 20% larger than that of “it stays as it is”. "
        "93 of 100 readings lay inside the usual range."
    )
    assert card.verdict(version) == "It was not surely better, so it had to wait."


@pytest.mark.parametrize(("day", "told"), [(1, True), (-1, False)])
def test_the_card_tells_of_a_change_that_the_champion_has_not_learnt(modelled_lahore, day, told):
    change = ModelVersion.objects.get().trained_to + timedelta(days=day)
    for later, (verdict, sentence) in enumerate((("drift", "It jumped."), ("stable", "It behaves as it did before."))):
        at = change + timedelta(days=7 + later)
        DriftReport.objects.create(
            series="lahore/pm2_5", at=at, day=at.date(), verdict=verdict, reason="step", sentence=sentence,
            since=None if later else change, is_new=not later,
        )  # fmt: skip
    page = " ".join(citizen().get(PAGE).content.decode().split())
    assert "Stable.</strong> It behaves as it did before." in page
    assert ("Drift.</strong> It jumped. The version that serves was trained before." in page) == told


def test_the_card_tells_of_drift_and_of_what_was_taken_back(modelled_lahore):
    days = [f"2026-10-{day:02}" for day in range(20, 32)] + ["2026-11-01"]
    quantiles = {name: [level] * 13 for name, level in (("q05", 20.0), ("q50", 80.0), ("q95", 200.0))}
    DriftReport.objects.create(
        series="lahore/pm2_5", at=make.this_hour(), day=make.this_hour().date(), verdict="drift", reason="level",
        sentence="pm2_5 rose by half.", sentence_ur="پی ایم بڑھ گئی۔", plot={"days": days, **quantiles},
    )  # fmt: skip
    for change, (action, old, new) in enumerate((("promote", 1, 2), ("rollback", 2, 1))):
        Promotion.objects.create(
            series="lahore/pm2_5",
            change=change,
            action=action,
            who="zainab",
            why="Too many.",
            from_number=old,
            to_number=new,
        )
    page = citizen().get(PAGE).content.decode()
    assert "Drift.</strong> pm2_5 rose by half." in page
    assert "1 rolled back" in page
    assert "version 1 after version 2" in page
    assert "zainab" not in page  # who decided is the agency's business
    assert "پی ایم بڑھ گئی" in citizen("ur").get(PAGE).content.decode()


def test_a_version_that_was_taken_back_long_ago_still_counts(modelled_lahore):
    who = {"series": "lahore/pm2_5", "who": "system", "why": "", "from_number": 1, "to_number": 2}
    for change in range(12):
        Promotion.objects.create(change=change, action="promote" if change else "rollback", **who)
    assert "1 rolled back" in citizen().get(PAGE).content.decode()


def detector(kind: str, f1: float, **changed: object) -> dict[str, object]:
    flagged = {"anomalies": 26, "rate": 0.006, "local_separation": 1.5, "temporal_separation": None}
    spread = {"neighbourhood": 4.2, "temporal_spread": 0.97}
    return {"detector": kind, "f1": f1, "found": 9, "events": 17, "champion": False, **flagged, **spread, **changed}


def test_the_detectors_stand_beside_each_other_the_champion_marked_and_first(modelled_lahore):
    rows = [detector("one_step", 0.56), detector("learned", 0.76, champion=True), detector("all together", 0.74)]
    collection(ModelVersion).update_one({}, {"$set": {"metrics": {"detectors": rows}}})
    page = citizen().get("/lahore/lahore/model/detectors/?pollutant=pm2_5").content.decode()
    assert page.index("★ Like rehearsed events") < page.index("All of them together") < page.index("A sudden step")
    assert page.count("★") == 2
    assert "9 / 17" in page
    assert 'href="detectors/?pollutant=pm2_5"' in citizen().get("/lahore/lahore/model/").content.decode()


def test_a_model_from_before_the_comparison_says_what_to_wait_for(modelled_lahore):
    assert "The next training compares them." in citizen().get("/lahore/lahore/model/detectors/").content.decode()


def test_without_models_the_card_says_so(lahore):
    assert "Nothing is modelled here yet." in citizen().get("/lahore/lahore/model/").content.decode()


def test_the_data_page_names_source_licence_and_what_was_rejected(lahore):
    RejectedItem.objects.create(station="lahore", provider="openweather", reason="x", item="{}", fingerprint="1")
    page = citizen().get("/lahore/lahore/data/").content.decode()
    assert "ODbL 1.0" in page
    assert "1 in 30 days" in page
    assert "not a monitor in a street" in page


def test_the_data_page_of_a_station_without_a_place_claims_none_and_its_line_to_copy_is_whole(lahore):
    Station.objects.update(latitude=None, longitude=None, name='The "Mall" & more', name_ur="مال روڈ")
    page = citizen().get("/lahore/lahore/data/").content.decode()
    assert "<dt>Place</dt>" not in page
    line = html.unescape(re.search("<pre.+?<code>(.+?)</code>", page)[1])
    assert 'title="The &quot;Mall&quot; &amp; more">' in line
    assert 'title="مال روڈ"' in html.unescape(citizen("ur").get("/lahore/lahore/data/").content.decode())


def test_the_status_page_says_what_came_last_and_what_went_wrong(lahore):
    lahore.last_poll_error = "The provider did not answer.\nTraceback"
    lahore.save()
    page = citizen().get("/status/").content.decode()
    assert "The provider did not answer." in page
    assert "Traceback" not in page
    assert "Tasks that wait" in page


def test_the_status_page_counts_messages_by_state_and_stations_by_source(lahore):
    asked = clock.now().replace(microsecond=0) - timedelta(minutes=7)
    for slug, error in (("gulberg", ""), ("johar", "It did not answer.")):
        make.make_station(slug=slug, provider="openaq", last_poll_at=asked, last_poll_error=error)
    found = {one.name: one for one in providers(lines(Station.objects.all()))}
    assert (found["OpenAQ"].stations, found["OpenAQ"].failing, found["OpenAQ"].asked_at) == (2, 1, asked)
    Delivery.objects.create(reference="a" * 32, channel="email", address="a@example.org", state=Delivery.State.FAILED)
    counts = dict(deliveries())
    assert (counts["Failed"], counts["Sent"]) == (1, 0)
    page = citizen().get("/status/").content.decode()
    assert "7 minutes ago" in page


def test_the_status_page_answers_its_question_first(lahore):
    assert "Yes. Everything runs as it should." in citizen().get("/status/").content.decode()
    Station.objects.update(last_poll_error="It did not answer.")
    Delivery.objects.create(reference="a" * 32, channel="email", address="a@example.org", state=Delivery.State.FAILED)
    make.collection(make.Reading).delete_many({})
    page = citizen().get("/status/").content.decode()
    assert "1 station could not be asked. 1 station is silent. 1 message could not be delivered." in page


@pytest.mark.parametrize(
    ("minutes", "said"), [(None, "none"), (0, "on time"), (1, "on time"), (2, "late by 2 minutes")]
)
def test_the_status_page_and_its_table_agree_on_what_is_late(lahore, minutes, said):
    if minutes is not None:
        Schedule.objects.create(func="alerts.tasks.deliver", next_run=clock.now() - timedelta(minutes=minutes))
    page = tight(citizen().get("/status/").content.decode())
    assert f"<dt>Schedules</dt><dd>{said}</dd>" in page
    assert ("Background work is late." in page) == said.startswith("late")


def test_the_status_page_works_before_there_is_anything(db):
    assert citizen().get("/status/").status_code == 200


def test_the_first_hour_of_a_record_and_the_first_day_of_a_check_are_shown(modelled_lahore):
    known = {"series": "lahore/pm2_5", "count": 1, "error": 1.0, "persistence": 2.0, "coverage": 1.0}
    MonthlyRecord.objects.create(month="2026-11", hours="1-1", **known)
    DriftReport.objects.create(
        series="lahore/pm2_5", at=make.this_hour(), day=make.this_hour(), verdict="stable", reason="stable",
        sentence="As it was.", plot={"days": ["2026-11-01"], "q05": [1.0], "q50": [2.0], "q95": [3.0]},
    )  # fmt: skip
    assert citizen().get(PAGE).content.decode().count("The numbers behind the chart") == 2


def test_of_many_versions_the_page_reads_the_newest_alone_and_without_their_large_parts(modelled_lahore):
    first = ModelVersion.objects.get()
    given = {name: getattr(first, name) for name in ("series", "reason", "trained_from", "trained_to", "rows", "band")}
    for number in range(2, 14):
        ModelVersion.objects.create(**given, number=number, data_hash="0" * 64, seconds=1.0, held_out={"at": []})
    Series.objects.update(champion=1)
    found = card.card_of(Series.objects.get())
    shown = [found.champion, *(version for version, _ in found.others)]
    assert [version.number for version in shown] == [1, 13, 12, 11, 10, 9, 8, 7, 6]
    assert all({"band", "calibration", "held_out"} <= version.get_deferred_fields() for version in shown)


def test_the_record_and_what_the_check_for_drift_saw_can_be_taken_along(modelled_lahore):
    issue_and_judge()
    days = {"days": ["2026-11-01"], "q05": [1.0], "q50": [2.0], "q95": [3.0]}
    given = {"verdict": "stable", "reason": "stable", "sentence": "As it was."}
    DriftReport.objects.create(series="lahore/pm2_5", at=make.this_hour(), day=make.this_hour(), plot=days, **given)
    page = citizen().get(PAGE).content.decode()
    assert page.count("data-picture") == 2
    for query in ("", "&amp;table=drift"):
        assert f'href="/lahore/lahore/model.csv?pollutant=pm2_5{query}" download' in page
    table = citizen().get("/lahore/lahore/model.csv?pollutant=pm2_5").content.decode().splitlines()
    assert table[0] == "month,hours_ahead,error,persistence,seasonal_naive,provider,unit,coverage,values_compared"
    assert [line.split(",")[1] for line in table[1:]] == ["1-1", "2-6", "7-24", "25-48"]
    assert "µg/m³" in table[1]
    drift = citizen().get("/lahore/lahore/model.csv?pollutant=pm2_5&table=drift").content.decode().splitlines()
    assert drift == ["date,q05,q50,q95,unit", "2026-11-01,1.0,2.0,3.0,µg/m³"]
    assert citizen().get("/lahore/lahore/model.csv?pollutant=pm25").status_code == 404


def test_without_models_the_tables_of_a_model_are_empty(lahore):
    for query, columns in (("", "month"), ("?table=drift", "date")):
        table = citizen().get(f"/lahore/lahore/model.csv{query}").content.decode().splitlines()
        assert [line.split(",")[0] for line in table] == [columns]
