"""The words of messages."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils.formats import date_format

from alerts import engine
from alerts.channels import channel
from alerts.models import Alert, Contact, Message, Rule
from alerts.places import Place, places_of
from alerts.rules.checks import problems
from alerts.sending import texts
from alerts.state_machine import Say
from aqi_project import clock
from ingestion.models import Reading, Station, Variable

pytestmark = pytest.mark.django_db
LIMIT = {"slug": "bad", "name": "Bad air", "name_ur": "خراب ہوا", "condition": Rule.Condition.LIMIT, "limits": [200]}


def say(rule: Rule) -> Message:
    (place,) = places_of(rule)
    message = engine.evaluate(rule, place)
    assert message is not None
    return message


def test_a_rules_own_words_are_used_in_both_languages(station: Station, measure: Callable[..., Reading]) -> None:
    measure(aqi=250)
    own = {
        "template_en": "{{ measure }} {{ value }} > {{ limit }} in {{ place }}",
        "template_ur": "{{ place }}: {{ value }}",
    }
    message = say(Rule.objects.create(**LIMIT, **own))
    assert message.text_en == "AQI 250 > 200 in Lahore"
    assert message.text_ur == "لاہور: 250"


def test_a_template_that_asks_for_what_there_is_not_is_refused(station: Station) -> None:
    own = {"template_en": "{{ value }} in {{ palce }}", "template_ur": "{% if ratio %}{{ place|upper }}{% endif %}"}
    wrong = problems(Rule(**LIMIT, **own))
    assert list(wrong) == ["template_en"]
    assert wrong["template_en"].startswith("There is no “palce” to fill in. There are: place, rule, ")


def test_all_that_a_template_may_use_is_filled_in(station: Station) -> None:
    rule = Rule.objects.create(**LIMIT)
    alert = Alert(level=1, severity=3, facts={})
    assert set(texts.context_of(rule, Place(station.slug, (station,)), alert, clock.now(), "en")) == set(texts.NAMES)


def test_names_are_written_as_they_are(station: Station, measure: Callable[..., Reading]) -> None:
    Station.objects.update(name="St. John's & Mall <north>")
    measure(aqi=250)
    message = say(Rule.objects.create(**LIMIT, subject_en='"{{ place }}"', template_en="{{ place }} & {{ rule }}"))
    assert message.subject_en == '"St. John\'s & Mall <north>"'
    assert message.text_en == "St. John's & Mall <north> & Bad air"
    citizen = Contact.objects.create(kind=Contact.Kind.CITIZEN, language="en")
    assert channel("sms").words(message, citizen)["text"].startswith('"St. John\'s & Mall <north>"')
    assert "St. John&#x27;s &amp; Mall &lt;north&gt; &amp; Bad air" in channel("email").words(message, citizen)["html"]


def test_times_have_the_commas_of_their_language(station: Station, measure: Callable[..., Reading]) -> None:
    measure(aqi=250)
    message = say(Rule.objects.create(**LIMIT))
    assert re.search(r"Time: \d+ \w+ \d{4}, \d\d:\d\d\.", message.text_en)
    assert re.search(r"وقت: \d+ \w+ \d{4}، \d\d:\d\d۔", message.text_ur)


def test_bad_air_comes_with_advice(station: Station, measure: Callable[..., Reading]) -> None:
    measure(aqi=250)
    message = say(Rule.objects.create(**LIMIT))
    assert message.text_en.startswith("AQI in Lahore is 250, over the limit of 200.")
    assert len(message.text_en.splitlines()) == 2
    assert len(message.text_ur.splitlines()) == 2


def test_a_reminder_never_says_that_less_is_over_the_limit(station: Station, measure: Callable[..., Reading]) -> None:
    for ago in (2, 1):
        measure(ago, aqi=310)
    rule = Rule.objects.create(**LIMIT, repeat_every=timedelta(minutes=30))
    say(rule)
    measure(aqi=110)
    reminder = say(rule)
    assert reminder.text_en.startswith("AQI in Lahore is 243 on average over 3 hours, over the limit of 200.")
    assert "(3 گھنٹے کی اوسط)، حد 200 سے زیادہ" in reminder.text_ur


def test_a_level_that_the_longer_mean_holds_is_told_by_that_mean(
    station: Station, measure: Callable[..., Reading]
) -> None:
    """The short one is over a lower limit: its value, with its advice, is not what is severe."""
    for ago in (2, 1):
        measure(ago, aqi=260)
    rule = Rule.objects.create(**{**LIMIT, "limits": [150, 200]}, repeat_every=timedelta(minutes=30))
    say(rule)
    measure(aqi=160)
    reminder = say(rule)
    assert reminder.subject_en.endswith("(Severe)")
    assert reminder.text_en.startswith("AQI in Lahore is 227 on average over 3 hours, over the limit of 200.")


def test_a_mean_over_a_day_is_told_as_one(station: Station, measure: Callable[..., Reading]) -> None:
    for ago in range(24):
        measure(ago, pm2_5=40.0 if ago else 10.0)
    day = {"short_mean": timedelta(days=1), "long_mean": timedelta(days=1)}
    rule = Rule.objects.create(**{**LIMIT, "limits": [35]}, variable="pm2_5", **day)
    assert say(rule).text_en.startswith("PM2.5 in Lahore is 39 µg/m³ on average over 1 day, over the limit of 35.")


def test_the_end_of_bad_air_says_how_it_is_now(station: Station, measure: Callable[..., Reading]) -> None:
    """Below the limit of 200 it may be bad all the same."""
    rule = Rule.objects.create(**LIMIT, recover_for=timedelta(0), long_mean=timedelta(hours=1))
    measure(1, aqi=250)
    say(rule)
    measure(aqi=180)
    end = say(rule)
    assert end.text_en.startswith("It is over: AQI in Lahore is 180, no longer over the limit of 200. Time: ")
    assert end.text_en.splitlines()[1] == "Spend less time outdoors. Wear a well-fitting mask (N95)."
    assert "180 ہے، اب حد 200 سے زیادہ نہیں۔" in end.text_ur


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Rule.Condition.FORECAST, "PM2.5 in Lahore is no longer expected to go over 100 µg/m³. This says nothing"),
        (Rule.Condition.NO_DATA, "Data comes from Lahore again. Time: "),
        (Rule.Condition.ANOMALY, "It is over: Bad air in Lahore no longer holds. Time: "),
    ],
)
def test_the_end_of_what_tells_nothing_of_the_air_is_told_as_that(station: Station, condition: str, words: str) -> None:
    rule = Rule(**{**LIMIT, "condition": condition, "variable": "pm2_5"})
    alert = Alert(state="resolved", severity=3, facts={"limit": 100.0})
    place = Place(station.slug, (station,))
    assert texts.both_languages(rule, place, alert, Say.CANCEL, clock.now())["text_en"].startswith(words)


def test_a_message_about_missing_data_says_when(station: Station) -> None:
    alert = Alert(state="no_data", severity=3, facts={})
    at = datetime.fromisoformat("2026-11-21T09:00:00+00:00")
    words = texts.both_languages(Rule(**LIMIT), Place(station.slug, (station,)), alert, Say.UPDATE, at)
    assert words["text_en"].endswith("the alert stays. Time: 21 November 2026, 14:00.")


def test_an_exercise_says_so_first(station: Station, measure: Callable[..., Reading]) -> None:
    measure(aqi=250)
    message = say(Rule.objects.create(**LIMIT, is_exercise=True))
    assert message.subject_en.startswith("EXERCISE")
    assert message.subject_ur.startswith("مشق")


def test_times_are_those_of_the_stations_wall(station: Station, measure: Callable[..., Reading]) -> None:
    reading = measure(aqi=250)
    assert f"{reading.at.astimezone(station.zone):%H:%M}" in say(Rule.objects.create(**LIMIT)).text_en


@pytest.mark.parametrize("condition", Rule.Condition.values)
@pytest.mark.parametrize("language", dict(texts.LANGUAGES))
def test_each_condition_has_words_without_holes(station: Station, condition: str, language: str) -> None:
    rule = Rule(slug="x", name="Rule", name_ur="قاعدہ", condition=condition, variable="pm2_5", limits=[100])
    words = texts.preview(rule)
    assert "{{" not in words[f"text_{language}"]
    assert "  " not in words[f"text_{language}"]
    assert words[f"subject_{language}"]


@pytest.mark.parametrize(
    ("value", "limit", "words"),
    [(35.6, 35.4, "is 36, over the limit of 35.4"), (15.3, 15, "is 15.3, over the limit of 15"),
     (151.2, 151, "is 151.2, over the limit of 151"), (240.0, 125.5, "is 240, over the limit of 125.5")],
)  # fmt: skip
def test_a_value_over_its_limit_reads_like_one(station: Station, value: float, limit: float, words: str) -> None:
    rule = Rule(slug="x", name="X", condition=Rule.Condition.LIMIT, limits=[limit])
    alert = Alert(state="firing", level=1, severity=3, facts={"value": value, "limit": limit})
    place = Place(station.slug, (station,))
    assert words in texts.both_languages(rule, place, alert, Say.ALERT, clock.now())["text_en"]


def test_the_preview_of_an_anomaly_is_as_severe_as_what_it_tells_of(rule: Rule) -> None:
    assert "(Moderate)" in texts.preview(rule)["subject_en"]


def test_in_urdu_the_sign_of_a_temperature_stays_before_it(station: Station) -> None:
    Variable.objects.create(code="temp", name="Temperature", unit="°C")
    rule = Rule(slug="x", name="X", condition=Rule.Condition.LIMIT, variable="temp", limits=[-18])
    alert = Alert(state="firing", level=1, severity=3, facts={"value": -7.7, "limit": -18.0})
    words = texts.both_languages(rule, Place(station.slug, (station,)), alert, Say.ALERT, clock.now())
    assert "is -7.7 °C, over the limit of -18." in words["text_en"]
    assert "\u200e-7.7 °C ہے، حد \u200e-18 سے" in words["text_ur"]


def test_small_numbers_keep_a_decimal() -> None:
    assert [texts.written(value) for value in (0.44, 9.96, 10.4, 412.0, None)] == ["0.4", "10.0", "10", "412", ""]


def test_an_index_has_no_unit_and_a_time_stands_in_a_sentence_of_its_own(rule: Rule) -> None:
    words = texts.preview(rule)
    assert "is 120; about 50 is usual. Time: " in words["text_en"]
    assert " ؛" not in words["text_ur"]


def test_the_end_says_when_the_alert_began(station: Station, measure: Callable[..., Reading]) -> None:
    """Whoever slept through it reads nothing but its end. An SMS holds the first line, and costs no more."""
    rule = Rule.objects.create(**LIMIT, recover_for=timedelta(0), long_mean=timedelta(hours=1))
    began = measure(1, aqi=250).at.astimezone(station.zone)
    say(rule)
    measure(aqi=180)
    end = say(rule)
    assert end.text_en.splitlines()[-1] == f"The alert began on {date_format(began, 'j F Y, H:i')}."
    assert re.fullmatch(r"یہ اطلاع \d+ \w+ \d{4}، \d\d:\d\d سے جاری تھی۔", end.text_ur.splitlines()[-1])
    assert "began" not in channel("sms").words(end, Contact(language="en"))["text"]


DUSTLESS = {"o3": 170.0, "no2": 25.0, "so2": 9.0, "co": 900.0}


@pytest.mark.parametrize(("more", "words"), [({}, "at least 149"), ({"pm2_5": 20.0}, "149")])
def test_an_index_without_dust_is_told_as_the_least(
    station: Station, measure: Callable[..., Reading], more: dict[str, float], words: str
) -> None:
    for ago in range(12, -1, -1):
        measure(ago, aqi=149, **DUSTLESS, **more)
    message = say(Rule.objects.create(**{**LIMIT, "limits": [100]}))
    assert message.text_en.startswith(f"AQI in Lahore is {words}, over the limit of 100.")
    assert ("کم از کم 149 ہے" in message.text_ur) == (not more)


def test_an_index_of_another_standard_is_told_as_the_least(station: Station, measure: Callable[..., Reading]) -> None:
    for ago in range(24):
        measure(ago, pm2_5=150.0)
    message = say(Rule.objects.create(**{**LIMIT, "standard": "india_cpcb"}))
    assert message.text_en.startswith("AQI in Lahore is at least 3")
