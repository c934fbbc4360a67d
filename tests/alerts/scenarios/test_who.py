"""Who is told: the next in line, nobody for a while, those of the whole city, and everybody but the one that fails."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User

from alerts.models import Contact, Delivery, Message, Silence
from aqi_project import clock
from tests.alerts.scenarios.system import HOUR, System

pytestmark = pytest.mark.processes
SECOND = HOUR / 3600


def test_what_nobody_takes_on_in_time_goes_to_the_chief(system: System) -> None:
    place = system.station("escalated")
    system.rule("escalate", place, acknowledge_within=SECOND)
    clerk, chief = system.listener("clerk", place.slug), system.listener("boss", place.slug, {"step": 1})
    system.air(place, 150)
    system.told(clerk)
    system.until(lambda: system.alert("escalate").escalate_at <= clock.now())
    system.minute()
    assert system.told(chief) == ["Escalated: Escalate (Moderate)"]
    assert len(system.mails(clerk)) == 1


def test_what_somebody_takes_on_by_the_link_in_the_mail_goes_no_further(system: System) -> None:
    place = system.station("taken")
    system.rule("take", place, acknowledge_within=2 * SECOND)
    clerk, chief = system.listener("taker", place.slug), system.listener("idle", place.slug, {"step": 1})
    system.air(place, 150)
    system.told(clerk)
    link = system.link(clerk, "/acknowledge/")
    system.visitor().see(link)  # as a mail scanner does
    assert system.alert("take").acknowledged_at is None
    system.visitor().submit(link, {})
    taken = system.alert("take")
    assert (taken.acknowledged_by, taken.escalate_at) == ("taker", None)
    system.until(lambda: clock.now() > taken.fired_at + 2 * SECOND)
    system.minute()
    system.rest()
    assert system.mails(chief) == []


def test_a_silence_of_the_admins_holds_back_until_it_ends(system: System, admin: User) -> None:
    place = system.station("silenced")
    system.rule("silence", place)
    clerk = system.listener("patient", place.slug)
    times = {"starts_at_0": "2020-01-01", "starts_at_1": "00:00", "ends_at_0": "2100-01-01", "ends_at_1": "00:00"}
    form = {"place": place.slug, "max_severity": 5, "reason": "Calibration", **times}
    system.visitor(admin).submit("/admin/alerts/silence/add/", form)
    system.air(place, 150)
    system.until(lambda: Message.objects.filter(place=place.slug).exists())
    system.rest()
    assert system.mails(clerk) == []
    assert Message.objects.get(place=place.slug).muted_by == "Silence: Calibration"
    silence = Silence.objects.filter(place=place.slug)
    assert silence.get().created_by == "chief"
    silence.update(ends_at=clock.now())
    system.minute()
    assert len(system.told(clerk)) == 1


def test_a_citys_alert_is_told_once_and_mutes_its_stations(system: System) -> None:
    east, west = system.station("east", city="twin"), system.station("west", city="twin")
    system.rule("twin-city", east, west, scope="city")
    system.rule("twin-station", east, west)
    listener = system.listener("neighbour", "city:twin")
    system.air(east, 150)
    system.air(west, 150)
    system.until(lambda: Message.objects.filter(rule="twin-station").count() == 2)
    assert system.told(listener) == ["Twin: Twin-City (Moderate)"]
    reasons = set(Message.objects.filter(rule="twin-station").values_list("muted_by", flat=True))
    assert reasons == {"Covered by the alert for city:twin (twin-city)"}


@pytest.fixture
def refusing(system: System) -> Iterator[None]:
    """The HTTP server refuses for good."""
    usual, system.http.intake.fate = system.http.intake.fate, lambda: 400
    yield
    system.http.intake.fate = usual


def test_a_delivery_that_fails_for_good_is_shown_and_holds_up_nobody(
    system: System, admin: User, refusing: None
) -> None:
    place = system.station("refused")
    system.rule("refuse", place)
    hook = {"webhook_url": f"{system.http.url}/refused"}
    broken = system.listener("broken", place.slug, {"channels": ["webhook"]}, **hook)
    sound = system.listener("sound", place.slug)
    system.air(place, 150)
    system.told(sound)
    assert system.deliveries(recipient="broken") == ["failed"]
    assert "Answer 400" in system.visitor(admin).see("/admin/alerts/delivery/?q=broken")
    assert system.mails(broken) == []


def test_a_test_goes_through_each_channel_of_a_contact(system: System, admin: User, officer: User) -> None:
    machine = {"webhook_url": f"{system.http.url}/hook", "webhook_secret": "s3cret"}
    other = {"apprise_url": system.http.url.replace("http", "json") + "/room", "phone": "+923001234567"}
    address = system.listener("tested", "nowhere", user=officer, **machine, **other)
    tested = Contact.objects.get(email=address)
    form = {"action": "send_test", "_selected_action": [str(tested.pk)]}
    assert "5 test messages" in system.visitor(admin).submit("/admin/alerts/contact/", form)
    assert system.told(address) == ["Test: nothing has happened"]
    states = dict(Delivery.objects.filter(contact=tested.uid).values_list("channel", "state"))
    assert states == {"email": "sent", "sms": "sent", "apprise": "sent", "webhook": "delivered", "inapp": "delivered"}
    assert all(len(system.accepted(path)) == 1 for path in ("/hook", "/room"))
