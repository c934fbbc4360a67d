"""Citizens who come and go, and officers at their inbox: the real pages, with mails and SMS in between."""

import json
import re

import pytest
from django.contrib.auth.models import User
from websockets.sync.client import connect

from alerts.models import Alert, Contact, Delivery, Rule, Subscription
from detection.models import Anomaly, Severity
from detection.signals import anomalies_changed
from tests.alerts.scenarios.system import HOUR, SECONDS, System
from tests.factories import make_anomaly

pytestmark = pytest.mark.processes
WISH = {"severity": Severity.MODERATE}


def test_a_citizen_subscribes_by_mail_is_told_and_stops_with_one_click(system: System) -> None:
    place = system.station("mailed")
    system.rule("mailing", place)
    address = "citizen@example.org"
    page = system.visitor().submit("/subscribe/", {**WISH, "address": address, "place": place.slug})
    assert address not in page
    system.told(address)
    assert not Contact.objects.filter(email=address).exists()
    system.visitor().submit(system.link(address, "/subscribe/confirm/"), {})
    system.air(place, 150, ago=1)
    assert system.told(address, 2)[1] == "Mailed: Mailing (Moderate)"
    mail = system.mails(address)[-1]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    way_out = mail["List-Unsubscribe"].strip(" <>").removeprefix(system.address)
    assert way_out in system.text(address)
    system.visitor().http.post(way_out, data={"List-Unsubscribe": "One-Click"}).raise_for_status()
    system.air(place, 50)
    system.until(lambda: system.alert("mailing").state == "resolved")
    system.rest()
    assert len(system.mails(address)) == 2


def test_a_citizen_subscribes_by_sms_and_the_gateway_reports(system: System) -> None:
    place = system.station("texted", name_ur="لاہور")
    system.rule("texting", place)
    browser = system.visitor()
    wish = {**WISH, "address": "0300 7654321", "place": place.slug}
    page = browser.submit("/subscribe/?lang=ur", wish)
    system.until(lambda: sms(system))
    code = re.search(r"\d{6}", sms(system)[-1]["message"])
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert code
    assert token
    browser.submit("/subscribe/code", {"token": token[1], "code": code[0]}, page="/subscribe/")
    assert Subscription.objects.get(contact__phone="+923007654321").place == place.slug
    system.air(place, 150)
    system.until(lambda: len(sms(system)) == 2)
    system.rest()
    told = Delivery.objects.get(address="+923007654321", kind="alert")
    assert sms(system)[-1]["message"] == told.text
    assert "سموگ" in told.text
    assert (told.state, told.parts) == ("sent", 2)
    report = sms(system)[-1]["callback"]
    system.visitor().http.post(report, data={"status": "delivered"}).raise_for_status()
    told.refresh_from_db()
    assert told.state == "delivered"


def sms(system: System) -> list[dict[str, str]]:
    """What the gateway was given for that citizen."""
    return [request.form for request in system.accepted("/sms") if request.form["to"] == "+923007654321"]


def test_an_officer_sees_an_alert_live_takes_it_on_and_calls_it_false(system: System, officer: User) -> None:
    place = system.station("watched")
    system.rule("watch", place, condition=Rule.Condition.ANOMALY, variable="")
    address = system.listener("watcher", place.slug, {"rule": "watch"}, user=officer)
    system.air(place, 50)
    visitor = system.visitor(officer)
    cookie = {"Cookie": f"sessionid={visitor.http.cookies['sessionid']}"}
    with connect(f"{system.address}/ws/inbox/".replace("http", "ws"), additional_headers=cookie,
                 origin=system.address) as socket:  # fmt: skip
        event = make_anomaly(place.slug, system.now, end=None, start=system.now - HOUR)
        anomalies_changed.send(sender=Anomaly, station=place.slug)
        assert json.loads(socket.recv(timeout=SECONDS))["unread"] >= 1
    system.told(address)
    alert = system.alert("watch")
    assert "PM2.5 rose to 260" in visitor.see("/inbox/")
    visitor.submit(f"/inbox/alerts/{alert.identifier}/acknowledge", {}, page="/inbox/")
    assert Alert.objects.get(identifier=alert.identifier).acknowledged_by == "zainab"
    verdict = {"series": event.series, "start": event.start.isoformat(), "review": "false_alarm", "note": "A bonfire"}
    visitor.submit("/reviews/", verdict)
    system.minute()
    assert system.told(address, 2)[1] == "Over in Watched: Watch"
