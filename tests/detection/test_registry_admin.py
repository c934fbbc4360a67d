"""Promote, roll back, compare and train from the admin."""

from typing import Any
from urllib.parse import quote_plus

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml.html import fromstring

from aqi_project import clock
from aqi_project.api.keys import ApiKey
from detection.admin import SeriesAdmin
from detection.models import Anomaly, DriftReport, ModelVersion, Prediction, Promotion, Series, TrainingRun
from detection.versions.registry import promote
from tests import cast
from tests.detection.trained import KEY, make_series, make_version
from tests.factories import make_anomaly, make_station, make_variables, this_hour

pytestmark = pytest.mark.django_db


@pytest.fixture
def series() -> Series:
    made = make_series(last_number=2)
    for number in (1, 2):
        make_version(made, number, this_hour(), metrics={"error_challenger": 0.1 * number})
    promote(made, 1, who="system", why="The first version.")
    return made


def act(client: Client, model: str, action: str, chosen: list[object], why: str = "It is better.") -> str:
    data = {"action": action, "_selected_action": [str(one) for one in chosen], "why": why}
    return client.post(reverse(f"admin:detection_{model}_changelist"), data, follow=True).content.decode()


def version(number: int) -> object:
    return ModelVersion.objects.get(number=number).pk


def test_one_click_with_a_reason_lets_a_version_serve_and_one_goes_back(series: Series) -> None:
    admin = cast.admin()
    assert f"Version 2 of {KEY} serves now." in act(admin, "modelversion", "let_serve", [version(2)])
    row = Promotion.objects.first()
    assert row is not None
    assert (row.who, row.why, row.to_number) == ("admin", "It is better.", 2)
    assert f"Version 1 of {KEY} serves now." in act(admin, "series", "roll_back", [series.pk])
    assert Series.objects.get().champion == 1
    back = Promotion.objects.order_by("-change").first()
    assert back is not None
    assert (back.action, back.who, back.why) == ("rollback", "admin", "It is better.")


def test_without_a_reason_nothing_changes_and_the_page_says_so(series: Series) -> None:
    assert "Say why" in act(cast.admin(), "modelversion", "let_serve", [version(2)], why="")
    assert Series.objects.get().champion == 1


def test_a_refusal_is_told_in_the_readers_language(series: Series) -> None:
    admin = cast.admin()
    data = {"action": "let_serve", "_selected_action": [str(version(1))], "why": "It is better."}
    address = reverse("admin:detection_modelversion_changelist")
    told = admin.post(address, data, headers={"accept-language": "ur"}, follow=True).context["messages"]
    assert [str(one) for one in told] == [f"{KEY} کا نسخہ 1 پہلے ہی چل رہا ہے۔"]


def test_why_a_training_was_asked_for_is_told_in_the_readers_language(series: Series) -> None:
    jumped = {"sentence": "The level of PM2.5 jumped.", "sentence_ur": "پی ایم 2.5 کی سطح اچانک بدل گئی۔"}
    DriftReport.objects.create(series=KEY, at=this_hour(), day=this_hour().date(), verdict="drift", **jumped)
    admin = cast.admin()
    for why, urdu in (
        (jumped["sentence"], jumped["sentence_ur"]),
        ("Readings of 7 days have come since the last training.", "پچھلی تربیت کے بعد 7 دن کی پیمائشیں آ چکی ہیں۔"),
        ("New filter.", "New filter."),
    ):
        run = TrainingRun.objects.create(series=KEY, reason="manual", state="done", why=why)
        address = reverse("admin:detection_trainingrun_change", args=[run.pk])
        assert why in admin.get(address).content.decode()
        assert urdu in admin.get(address, headers={"accept-language": "ur"}).content.decode()


def test_who_may_only_look_cannot_promote(series: Series) -> None:
    looker = User.objects.create_user("looker", is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_modelversion"))
    client = Client()
    client.force_login(looker)
    act(client, "modelversion", "let_serve", [version(2)])
    assert Series.objects.get().champion == 1


def test_two_versions_stand_side_by_side(series: Series) -> None:
    page = act(cast.admin(), "modelversion", "side_by_side", [version(1), version(2)])
    assert [f"{KEY}: version {number}" in page for number in (1, 2)] == [True, True]
    assert "metrics: error_challenger" in page


def test_two_versions_are_compared_in_the_readers_language(series: Series) -> None:
    gate = {"gate": {"sentence": "There are fewer than 8 held-out forecasts to compare."}, "error_challenger": 0.1}
    make_version(series, 3, this_hour(), metrics=gate)
    data = {"action": "side_by_side", "_selected_action": [str(version(number)) for number in (1, 3)]}
    address = reverse("admin:detection_modelversion_changelist")
    page = cast.admin().post(address, data, headers={"accept-language": "ur"}).content.decode()
    told = ("نسخہ 3", "کسی شخص کے کہنے پر", "نتائج: error_challenger", "موازنے کے لیے الگ رکھی گئی")
    assert [urdu in page for urdu in told] == [True] * len(told)


def test_a_training_can_be_asked_for(series: Series) -> None:
    said = act(cast.admin(), "series", "train_now", [series.pk], why="New filter.")
    assert f"A training of {KEY} is waiting." in said
    run = TrainingRun.objects.get()
    assert (run.series, run.who, run.why, run.state) == (KEY, "admin", "New filter.", "queued")


def test_drift_is_told_in_the_readers_language() -> None:
    told = {"sentence": "PM2.5 behaves as it did before.", "sentence_ur": "پی ایم 2.5 پہلے جیسا ہے۔"}
    DriftReport.objects.create(series=KEY, at=this_hour(), day=this_hour().date(), verdict="stable", **told)
    admin, address = cast.admin(), reverse("admin:detection_driftreport_changelist")
    assert told["sentence"] in admin.get(address).content.decode()
    assert told["sentence_ur"] in admin.get(address, headers={"accept-language": "ur"}).content.decode()


def test_a_list_of_versions_reads_neither_their_bands_nor_each_ones_series(series: Series) -> None:
    admin = cast.admin()
    with CaptureQueriesContext(connection) as few:
        admin.get(reverse("admin:detection_modelversion_changelist"))
    for number in range(3, 9):
        make_version(series, number, this_hour())
    with CaptureQueriesContext(connection) as more:
        page = admin.get(reverse("admin:detection_modelversion_changelist")).content.decode()
    assert len(more) == len(few)
    assert page.count("icon-yes") == 1
    assert admin.get(reverse("admin:detection_modelversion_changelist") + f"?series={KEY}").status_code == 200


@pytest.mark.parametrize(
    "model", ["series", "modelversion", "promotion", "trainingrun", "driftreport", "monthlyrecord"]
)
def test_every_list_opens(series: Series, model: str) -> None:
    assert cast.admin().get(reverse(f"admin:detection_{model}_changelist")).status_code == 200


def test_a_held_rate_and_a_long_explanation_are_told_shortly(series: Series) -> None:
    Series.objects.update(strictness=0.5000000000000003)
    admin = cast.admin()
    address = reverse("admin:detection_series_change", args=[series.pk])
    assert "3.2" in admin.get(address).content.decode()
    Series.objects.update(strictness=-0.5)
    told = admin.get(address).content.decode()
    assert "0.3" in told
    assert "alarms raise it and quiet days lower it" in told, "fewer came than were asked for"
    make_anomaly("lahore", this_hour(), explanation="word " * 40)
    page = admin.get(reverse("admin:detection_anomaly_changelist")).content.decode()
    assert f"{'word ' * 8}".strip() + "…" in page
    assert "word " * 9 not in page


def test_a_threshold_that_is_saved_takes_back_no_promotion(series: Series, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the worker writes between the reading of the form and its saving stays."""
    usual = SeriesAdmin.save_model

    def meanwhile(admin: SeriesAdmin, request: Any, obj: Series, form: Any, change: bool) -> None:
        promote(Series.objects.get(), 2, who="system", why="It is better.")
        usual(admin, request, obj, form, change)

    monkeypatch.setattr(SeriesAdmin, "save_model", meanwhile)
    rows = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": str(series.pk), "_save": "Save"}
    values = {"form-0-false_alarms_per_month": 3, "form-0-severity_floor": 2}
    cast.admin().post(reverse("admin:detection_series_changelist"), rows | values)
    found = Series.objects.get()
    assert (found.false_alarms_per_month, found.severity_floor) == (3, 2)
    assert (found.champion, found.changes) == (2, 2)


def shown(client: Client, address: str, prefix: str = "") -> dict[str, Any]:
    """What a browser sends back of a page that nobody has touched, with what the page showed."""
    form = fromstring(client.get(address).content).xpath("//form[@id=$it]", it=f"{prefix}form")[0]
    return dict(form.form_values()) | {"_save": "Save"}


def test_a_list_that_was_opened_before_takes_back_no_colleagues_threshold(series: Series) -> None:
    other, admin = make_series("lahore/o3"), cast.admin()
    address = reverse("admin:detection_series_changelist")
    page = shown(admin, address, "changelist-")
    Series.objects.filter(pk=other.pk).update(false_alarms_per_month=5)
    mine = next(name for name, value in page.items() if value == str(series.pk) and name.startswith("form-"))
    admin.post(address, page | {mine.replace("-id", "-false_alarms_per_month"): 9})
    assert dict(Series.objects.values_list("key", "false_alarms_per_month")) == {KEY: 9, "lahore/o3": 5}


def test_a_verdict_is_noted_where_one_was_given_and_takes_back_no_colleagues(series: Series) -> None:
    event, admin = make_anomaly("lahore", this_hour()), cast.admin()
    address = reverse("admin:detection_anomaly_change", args=[event.pk])
    page = shown(admin, address, "anomaly_")
    admin.post(address, page)
    event.refresh_from_db()
    assert (event.reviewed_by, event.reviewed_at) == ("", None), "to look at an event and to save it is no verdict"
    Anomaly.objects.update(review=Anomaly.Review.TRUE, reviewed_by="zainab")
    admin.post(address, page | {"review_note": "Crop fires."})
    event.refresh_from_db()
    assert (event.review, event.review_note) == (Anomaly.Review.TRUE, "Crop fires.")


def test_a_series_is_switched_off_and_not_deleted(series: Series) -> None:
    admin = cast.admin()
    assert admin.post(reverse("admin:detection_series_delete", args=[series.pk]), {"post": "yes"}).status_code == 403
    act(admin, "series", "delete_selected", [series.pk])
    assert Series.objects.exists()


@pytest.mark.parametrize(
    ("chosen", "language", "said"),
    [
        (["prophet_band", "crystal_ball"], "en", "crystal_ball is not one of the available choices"),
        (["flatline"], "en", "The detectors must include prophet_band"),
        (["flatline"], "ur", "اس کے بغیر متوقع عدد معلوم نہیں ہوتا"),
        (["prophet_band", "flatline"], "en", ""),
        ([], "en", ""),
    ],
)
def test_detectors_are_chosen_and_such_that_no_training_could_use_refused(
    series: Series, chosen: list[str], language: str, said: str
) -> None:
    given = {"key": KEY, "station": "lahore", "variable": "pm2_5", "is_active": "on", "severity_floor": 1}
    given |= {"false_alarms_per_month": 1, "retrain_days": 7, "shadow_days": 0, "detectors": chosen}
    address = reverse("admin:detection_series_change", args=[series.pk])
    answer = cast.admin().post(address, given, headers={"accept-language": language})
    assert said in answer.content.decode()
    assert answer.status_code == (200 if said else 302)
    assert Series.objects.get().detectors == ([] if said else chosen)


def test_a_series_keeps_its_key_and_a_new_one_gets_the_right_one(series: Series) -> None:
    """With another key its versions were nobody's, and nothing served."""
    admin = cast.admin()
    common = {
        "is_active": "on", "false_alarms_per_month": 2, "severity_floor": 1, "retrain_days": 7, "shadow_days": 0,
    }  # fmt: skip
    other = {"key": "lahore/pm25", "station": "gulberg", "variable": "pm10"}
    make_station(slug="gulberg")
    make_variables()
    admin.post(reverse("admin:detection_series_change", args=[series.pk]), common | other)
    series.refresh_from_db()
    kept = (series.key, series.station, series.variable, series.false_alarms_per_month)
    assert kept == (KEY, "lahore", "pm2_5", 2.0)
    refused = admin.post(reverse("admin:detection_series_add"), common | other).content.decode()
    assert "The key of this series has to be gulberg/pm10." in refused
    admin.post(reverse("admin:detection_series_add"), common | other | {"key": "gulberg/pm10"})
    assert Series.objects.filter(key="gulberg/pm10").exists()
    again = admin.post(reverse("admin:detection_series_add"), common | other | {"key": "gulberg/pm10"})
    assert "already exists" in again.content.decode()


@pytest.mark.parametrize(
    ("station", "variable", "told"),
    [("gulbreg", "pm10", "no station gulbreg"), ("gulberg", "pm01", "no variable pm01")],
)
def test_a_slip_of_a_letter_makes_no_series(station: str, variable: str, told: str) -> None:
    make_station(slug="gulberg")
    make_variables()
    given = {"key": f"{station}/{variable}", "station": station, "variable": variable, "severity_floor": 1}
    given |= {"false_alarms_per_month": 2, "retrain_days": 7, "shadow_days": 0}
    assert told in cast.admin().post(reverse("admin:detection_series_add"), given).content.decode()
    assert not Series.objects.exists()


def test_each_input_of_the_list_of_series_says_what_it_is_of() -> None:
    Series.objects.create(key="lahore/pm2_5", station="lahore", variable="pm2_5")
    page = cast.admin().get("/admin/detection/series/").content.decode()
    assert 'aria-label="False alarms per month: lahore/pm2_5"' in page
    assert 'aria-label="Severity floor: lahore/pm2_5"' in page


def test_limits_are_asked_for_in_the_unit_of_the_series() -> None:
    make_variables()
    series = Series.objects.create(key="lahore/pm2_5", station="lahore", variable="pm2_5")
    page = cast.admin().get(f"/admin/detection/series/{series.pk}/change/").content.decode()
    assert "Hard max (µg/m³):" in page
    assert 'aria-label="Date"' in page


def test_limits_between_which_nothing_lies_are_refused() -> None:
    """Every reading was an anomaly from then on."""
    series = Series.objects.create(key="lahore/pm2_5", station="lahore", variable="pm2_5")
    given = {"is_active": "on", "false_alarms_per_month": 2, "severity_floor": 1, "retrain_days": 7, "shadow_days": 0}
    address = reverse("admin:detection_series_change", args=[series.pk])
    admin = cast.admin()
    page = admin.post(address, given | {"hard_min": 50, "hard_max": 10}).content.decode()
    assert "This has to be above the lower limit" in page
    admin.post(address, given | {"hard_min": 10, "hard_max": 50})
    series.refresh_from_db()
    assert (series.hard_min, series.hard_max) == (10.0, 50.0)


def test_verdicts_may_be_chosen_by_sensor_and_key_without_reading_all_of_them(admin_client: Client) -> None:
    """There are millions: Django would look through them for each filter, and to count what each would find."""
    make_series()
    ApiKey.objects.create(name="Health", prefix="abc", scopes=["predict"])
    told = {"served_at": clock.now(), "model_version": 1, "count": 1, "anomalies": 0, "verdicts": []}
    for sensor, key in ((KEY, "abc"), ("karachi/pm2_5", "abc"), (KEY, "")):
        Prediction.objects.create(sensor=sensor, key=key, **told)
    path = "/admin/detection/prediction/"
    page = admin_client.get(path).content.decode()
    assert f"?sensor={quote_plus(KEY)}" in page
    assert "?key=abc" in page
    assert "karachi%2Fpm2_5" not in page
    assert "_facets" not in page
    assert "served_at__day=" not in page
    found = admin_client.get(path, {"sensor": KEY, "key": "abc"}).context["cl"].result_list
    assert [(one.sensor, one.key) for one in found] == [(KEY, "abc")]
