"""What officers do beside taking alerts on: remarks, silences, the log of what was sent."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.test import Client

from alerts import desk, tasks
from alerts.models import Alert, Comment, Delivery, Rule, Silence
from alerts.people import optin
from alerts.sending import delivery
from aqi_project import clock
from detection.models import Anomaly, Severity
from tests.markup import tight

pytestmark = pytest.mark.django_db
Happen = Callable[..., Anomaly]


@pytest.fixture
def alert(officer_client: Client, rule: Rule, happen: Happen) -> Alert:
    happen()
    tasks.process_events()
    delivery.send_due()
    return Alert.objects.get()


def test_a_remark_stands_under_its_alert_for_everybody_on_duty(officer_client: Client, alert: Alert) -> None:
    officer_client.post(f"/inbox/alerts/{alert.identifier}/comment", {"text": "A <b>kiln</b> in Barki."})
    page = officer_client.get("/inbox/list").content.decode()
    assert "<b>zainab</b> <bdi>A &lt;b&gt;kiln&lt;/b&gt; in Barki.</bdi>" in page


def test_a_silence_holds_back_what_follows_and_keeps_who_and_why(officer_client: Client, alert: Alert) -> None:
    officer_client.post(f"/inbox/alerts/{alert.identifier}/silence", {"hours": "4", "reason": "We are there."})
    made = Silence.objects.get()
    assert (made.rule, made.place, made.reason, made.created_by) == (alert.rule, alert.place, "We are there.", "zainab")
    assert round((made.ends_at - made.starts_at) / timedelta(minutes=1)) == 240
    assert made.mutes(alert.rule, {alert.place}, Severity.SEVERE, clock.now())
    assert not made.mutes(alert.rule, {alert.place}, Severity.EXTREME, clock.now())


def test_the_inbox_says_of_a_silence_until_when_by_whom_and_why(officer_client: Client, alert: Alert) -> None:
    wish = {"hours": "4", "reason": "the works at the <mall>"}
    officer_client.post(f"/inbox/alerts/{alert.identifier}/silence", wish)
    until = Silence.objects.get().ends_at.astimezone(ZoneInfo("Asia/Karachi"))
    page = officer_client.get("/inbox/").content.decode()
    assert f"Silenced until {until:%-d %B, %H:%M} by zainab: the works at the &lt;mall&gt;" in page
    assert "comes through all the same" not in page
    Alert.objects.update(severity=Severity.EXTREME)
    assert "An extreme alert comes through all the same." in officer_client.get("/inbox/").content.decode()
    Silence.objects.update(ends_at=clock.now())
    assert "Silenced until" not in officer_client.get("/inbox/").content.decode()


def test_the_inbox_shows_a_silence_on_the_city_of_its_alert(officer_client: Client, alert: Alert) -> None:
    lasting = {"ends_at": clock.now() + timedelta(hours=4), "created_by": "zainab"}
    Silence.objects.create(place="city:multan", reason="fog in Multan", **lasting)
    assert "Silenced until" not in officer_client.get("/inbox/").content.decode()
    Silence.objects.create(place="city:lahore", reason="fireworks in Lahore", **lasting)
    assert "by zainab: fireworks in Lahore" in officer_client.get("/inbox/").content.decode()


@pytest.mark.parametrize(
    ("what", "form", "says"),
    [
        ("comment", {"text": ""}, "Comment: This field is required."),
        ("silence", {"hours": "999", "reason": "x"}, "For: Select a valid choice."),
        ("silence", {"hours": "4"}, "Why: This field is required."),
    ],
)
def test_a_form_that_cannot_be_read_saves_nothing_and_says_why(
    officer_client: Client, alert: Alert, what: str, form: dict[str, str], says: str
) -> None:
    answer = officer_client.post(f"/inbox/alerts/{alert.identifier}/{what}", form)
    assert answer.status_code == 400
    assert says in answer.content.decode()
    assert not Comment.objects.exists()
    assert not Silence.objects.exists()


def test_the_log_says_what_went_to_whom_and_what_failed(officer_client: Client, alert: Alert) -> None:
    citizen = {"channel": "email", "address": "ayesha@example.org", "kind": "alert", "subject": "Bad air", "text": "x"}
    failed = {"state": Delivery.State.FAILED, "error": "No such mailbox."}
    Delivery.objects.create(reference="a" * 32, message="m", contact="c", **citizen, **failed)
    page = tight(officer_client.get("/inbox/log").content.decode())
    assert "Zainab" in page
    assert "No such mailbox." in page
    assert "ay…@example.org</bdi></td><td>E-mail</td>" in page
    assert "ayesha@" not in page
    only = officer_client.get("/inbox/log.csv", {"state": "failed"}).content.decode()
    (row,) = csv.DictReader(io.StringIO(only))
    assert (row["recipient"], row["state"], row["error"]) == ("ay…@example.org", "failed", "No such mailbox.")


def test_an_sms_is_known_by_its_first_line_and_a_code_by_nothing(officer_client: Client, alert: Alert) -> None:
    sms = {"channel": "sms", "address": "+923001234567", "subject": "", "message": "m"}
    Delivery.objects.create(reference="a", contact="a", alert=alert.identifier, text="Bad air\nIt is 412.", **sms)
    Delivery.objects.create(reference="b", contact="b", text="123456 is your code", **sms)
    page = officer_client.get("/inbox/log").content.decode()
    assert "<bdi>Bad air</bdi>" in page
    assert "It is 412." not in page
    assert "123456" not in page
    sheet = officer_client.get("/inbox/log.csv").content.decode()
    assert "Bad air" in sheet
    assert "123456" not in sheet


def test_a_citizen_who_was_told_is_not_given_away(officer_client: Client, rule: Rule, happen: Happen) -> None:
    optin.confirm(optin.Wish("ayesha@example.org", "lahore", Severity.MODERATE, "en"))
    happen()
    tasks.process_events()
    refused = {"state": Delivery.State.FAILED, "error": "The address was refused: {'ayesha@example.org': (550, b'no')}"}
    told = Delivery.objects.filter(channel="email")
    assert told.update(**refused) == 1
    assert "ayesha@" not in officer_client.get("/inbox/log").content.decode()
    told.update(recipient="ayesha@example.org")  # as it was written once
    for path in ("/inbox/log", "/inbox/log.csv"):
        page = officer_client.get(path).content.decode()
        assert "ay…@example.org" in page
        assert "ayesha@" not in page


def test_a_number_shows_enough_to_tell_it_from_others() -> None:
    assert desk.masked("+923007654321") == "+9…321"


@pytest.mark.parametrize("path", ["/inbox/log", "/inbox/log.csv"])
def test_the_log_is_for_officers(path: str, db: None) -> None:
    assert Client().get(path).status_code == 302
    client = Client()
    client.force_login(User.objects.create_user("nobody"))
    assert client.get(path).status_code == 403


def test_an_officer_logs_out(officer_client: Client) -> None:
    assert officer_client.post("/inbox/logout").headers["location"] == "/inbox/login"
    assert officer_client.get("/inbox/").status_code == 302
