"""What an anomaly's sentence claims about how rare it is."""

from datetime import UTC, datetime

import pytest

from detection.live.band import BandPoint
from detection.live.events.explain import sentences
from detection.live.events.faults import judged_fault
from detection.live.predict import Verdict, sentence
from detection.models import Anomaly
from ingestion.models import Station, Variable
from tests import factories
from tests.detection.trained import make_series

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("days", "english", "urdu"),
    [
        (1.9, "", ""),
        (2.0, "Something so unusual happens about once in 2 days.", "بات تقریباً 2 دن میں ایک بار ہوتی ہے۔"),
        (40.0, "Something so unusual happens about once in 40 days.", "بات تقریباً 40 دن میں ایک بار ہوتی ہے۔"),
        (60.7, "Something so unusual happens about once in 61 days.", "بات تقریباً 61 دن میں ایک بار ہوتی ہے۔"),
        (5e15, "Its record of 61 days holds nothing so unusual.", "61 دن کے ریکارڈ میں ایسی غیر معمولی بات کہیں نہیں۔"),
    ],
)
def test_it_claims_no_more_than_the_record_can_tell(days: float, english: str, urdu: str) -> None:
    at = factories.this_hour()
    usual = {"lower": 40.0, "upper": 150.0}
    anomaly = Anomaly(variable="pm2_5", value=480.0, peak_at=at, days_between=days, record_days=60.7, **usual)
    found = sentences(anomaly, Station(slug="lahore", timezone="Asia/Karachi"))
    for text, rarity in zip(found, (english, urdu), strict=True):
        assert text.endswith(rarity)
        assert "e+" not in text
        assert ("once" in text) == ("once" in rarity)


@pytest.mark.parametrize(
    ("days", "ends"),
    [
        (0.4, "40 to 60 µg/m³ is usual for this time."),
        (40.0, "A value so far from usual comes about once in 40 days."),
        (999.0, "Its record of 90 days holds no value so far from usual."),
    ],
)
def test_a_verdict_claims_no_rarity_that_is_none(days: float, ends: str) -> None:
    point = BandPoint(factories.this_hour(), expected=50.0, lower=40.0, upper=60.0)
    verdict = Verdict(point, 70.0, days, record_days=90.0, score=0.9, is_anomaly=True, breach=None)
    assert sentence(verdict, "PM2.5", "µg/m³").endswith(ends)
    assert ("ایک بار" in sentence(verdict, "PM2.5", "µg/m³", 1)) == (days == 40.0)


def test_numbers_and_times_are_written_as_people_say_them(db: None) -> None:
    factories.make_variables()
    at = datetime(2026, 11, 4, 9, tzinfo=UTC)
    anomaly = Anomaly(variable="pm2_5", value=1480.26, peak_at=at, lower=7.44, upper=1204.0, days_between=1.0)
    english, urdu = sentences(anomaly, Station(slug="lahore", timezone="Asia/Karachi"))
    assert english == "PM2.5 was 1480 µg/m³ at 2 pm. Usual for this hour is 7.4 to 1204 µg/m³."
    assert urdu.startswith("دوپہر 2 بجے پی ایم 2.5 کی مقدار 1480 µg/m³ تھی۔")


@pytest.mark.parametrize("word", ["dust", "smoke", "traffic", "alone", "local", "widespread"])
def test_what_the_others_did_is_said_in_both_languages(word: str) -> None:
    details = {"company": {"looks_like": word}}
    anomaly = Anomaly(variable="pm2_5", value=480.0, peak_at=factories.this_hour(), details=details)
    english, urdu = sentences(anomaly, Station(slug="lahore", timezone="Asia/Karachi"))
    assert english.count(". ") == 1
    assert english.endswith(".")
    assert urdu.count("۔") == 2


STATION = Station(slug="lahore", timezone="Asia/Karachi")
COMPANION = {"name": "pm10", "value": 90.0, "usual": 91.0, "moved": 0}


def usual_value(voters: dict[str, float], companions: list[dict[str, object]]) -> Anomaly:
    details = {"company": {"looks_like": "", "companions": companions, "neighbours": []}}
    return Anomaly(
        series="lahore/pm2_5", variable="pm2_5", value=60.0, peak_at=factories.this_hour(), lower=40.0, upper=150.0,
        days_between=1.0, voters=voters, details=details,
    )  # fmt: skip


def test_a_usual_value_is_odd_beside_the_others_only_where_there_are_others_and_they_were_looked_at() -> None:
    beside, changed = "its combination with the others is not.", "how it changed is not."
    assert sentences(usual_value({"companions": 2.0}, [COMPANION]), STATION)[0].endswith(beside)
    assert sentences(usual_value({"one_step": 2.0}, [COMPANION]), STATION)[0].endswith(changed)
    english, urdu = sentences(usual_value({"isolation_forest": 2.0}, []), STATION)
    assert english.endswith(changed)
    assert urdu.endswith("بدلنے کا انداز غیر معمولی ہے۔")
    urdu = sentences(usual_value({"companions": 2.0}, [COMPANION]), STATION)[1]
    assert urdu.endswith("باقی پیمائشوں کے ساتھ یہ ملاپ غیر معمولی ہے۔")  # and not “the other gases”, of a machine too


@pytest.mark.parametrize("kind", ["stuck", "dropout", "out_of_range"])
def test_no_language_blames_the_sensor_alone_where_it_may_be_the_feed(kind: str) -> None:
    event = Anomaly(variable="pm2_5", kind=kind, value=0.0, peak_at=factories.this_hour())
    english, urdu = sentences(event, STATION)
    assert "the sensor or its feed" in english
    assert "آلہ یا اس کا ڈیٹا" in urdu or "آلے یا اس کے ڈیٹا" in urdu


def test_the_other_stations_are_others_too() -> None:
    event = usual_value({"neighbours": 2.0}, [])
    event.details["company"]["neighbours"] = [COMPANION]
    assert sentences(event, STATION)[0].endswith("its combination with the others is not.")


@pytest.mark.parametrize(("value", "usual"), [(39.9, False), (40.0, True), (150.0, True), (150.1, False)])
def test_a_value_at_either_edge_of_the_usual_range_is_usual(value: float, usual: bool) -> None:
    event = usual_value({}, [])
    event.value = value
    assert ("The value itself is usual" in sentences(event, STATION)[0]) == usual


def test_the_limit_of_another_series_says_nothing() -> None:
    make_series("lahore/pm10", hard_max=1.0)
    assert "limit" not in sentences(usual_value({}, []), STATION)[0]


def test_a_variable_without_a_name_in_urdu_goes_by_its_english_one() -> None:
    factories.make_variables()
    Variable.objects.filter(code="pm2_5").update(name_ur="")
    assert "PM2.5 کی مقدار" in sentences(usual_value({}, []), STATION)[1]


def test_an_event_by_an_admins_limit_names_the_limit() -> None:
    factories.make_variables()
    make_series("lahore/pm2_5", hard_max=55.5)
    english, urdu = sentences(usual_value({}, []), STATION)
    assert english.endswith("It is beyond the limit of 55.5 µg/m³ that is set for this sensor.")
    assert urdu.endswith("مقررہ حد 55.5 µg/m³ سے باہر ہے۔")


def test_in_urdu_the_sign_of_a_temperature_stays_before_it() -> None:
    factories.make_variables()
    Variable.objects.create(code="temp", name="Temperature", unit="°C")
    at = factories.this_hour()
    cold = {"value": -3.0, "expected": -6.6, "lower": -7.7, "upper": -5.5}
    english, urdu = sentences(Anomaly(variable="temp", kind=Anomaly.Kind.SPIKE, peak_at=at, **cold), STATION)
    assert english.endswith("Usual for this hour is -7.7 to -5.5 °C.")
    assert urdu.endswith("اس وقت عام طور پر \u200e-7.7 سے \u200e-5.5 °C ہوتا ہے۔")
    assert "\u200e-3.0 °C" in urdu


def test_a_stuck_sensor_of_minutes_is_not_said_to_be_stuck_for_hours() -> None:
    anomaly = Anomaly(variable="temp", kind=Anomaly.Kind.STUCK, value=21.5, peak_at=factories.this_hour())
    english, urdu = sentences(anomaly, STATION)
    assert "hours" not in english
    assert "گھنٹوں" not in urdu


@pytest.mark.parametrize(
    ("value", "lower", "upper", "said"),
    [(299.41, 297.62, 299.18, "was 299.4 at"), (21.46, 20.81, 21.43, "Usual for this hour is 20.81 to 21.43.")],
)
def test_a_value_just_above_a_narrow_range_is_told_so_that_it_is_seen(
    value: float, lower: float, upper: float, said: str
) -> None:
    anomaly = Anomaly(variable="temp", value=value, peak_at=factories.this_hour(), lower=lower, upper=upper)
    assert said in sentences(anomaly, STATION)[0]


def test_an_absurdly_large_value_has_not_fallen_and_fills_no_page() -> None:
    at = factories.this_hour()
    one = judged_fault("sentinel: …", at, 1e300, None, 1)
    assert one
    anomaly = Anomaly(variable="pm2_5", kind=one.fault, value=one.value, peak_at=at)
    english = sentences(anomaly, STATION)[0]
    assert english == "pm2_5 shows 1e+300, which cannot be: the sensor or its feed is at fault."
