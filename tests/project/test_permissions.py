"""Who may open which address: all addresses of the site, walked from its resolver, for each kind of caller.

An address that is in no table of `gates` fails the first test, so that nobody adds one without saying whom it is for.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.core.validators import slug_re
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import get_resolver
from django.urls.resolvers import URLResolver
from pytest_django import DjangoDbBlocker

from alerts import links
from alerts.inbox import AGENCY
from alerts.models import Alert, Contact, Delivery, Message
from alerts.people import optin
from aqi_project import clock
from aqi_project.api.keys import SCOPES
from detection.models import Severity
from ingestion.models import TAKEN_ADDRESSES
from tests import factories as make
from tests.api.conftest import with_key
from tests.database import flush
from tests.project.gates import APP_INDEX, KNOWN, OFFICER, ROOT, STAFF, STRANGER, VISITOR, callers_of


def walk(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for found in resolver.url_patterns:
        path = before + str(found.pattern)
        if isinstance(found, URLResolver):
            yield from walk(found, path)
        else:
            yield path


@dataclass
class Site:
    """Callers by name, and by station what stands for the parts of an address."""

    callers: dict[str, Client]
    parts: dict[str, dict[str, str]]

    def path(self, address: str, station: str) -> str:
        parts = {**self.parts[station], "token": self.token(address, station)}
        parts["identifier"] = parts["alert" if "alerts/" in address else "event"]
        address = address.replace(APP_INDEX, "admin/alerts/").replace("(?P<url>.*)$", "nothing")
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: parts[found[1]], address)

    def token(self, address: str, station: str) -> str:
        parts = self.parts[station]
        if "confirm" in address:
            return parts["wish"]
        purpose, value = links.UNSUBSCRIBE, parts["contact"]
        if "receipts" in address:
            purpose, value = links.RECEIPT, parts["reference"]
        if "acknowledge" in address:
            purpose, value = links.ACKNOWLEDGE, f"{parts['alert']}:{parts['contact']}"
        return links.token(purpose, value)

    def answer(self, caller: str, method: str, path: str, station: str) -> HttpResponse:
        client = self.callers[caller]
        if method == "get":
            return client.get(path)
        point = {"timestamp": make.this_hour().isoformat(), "sensor_id": f"{station}/pm2_5", "value": 80}
        return client.post(path, [point] if path.endswith("batch") else point, content_type="application/json")


PUBLIC, PRIVATE = "lahore", "factory"
ELSEWHERE = "a key that may do everything, at another station"


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Site]:
    """One for all tests: nothing that they do changes who may do it."""
    with django_db_blocker.unblock():
        make.make_variables()
        yield Site(callers(), {station: parts(station) for station in (PUBLIC, PRIVATE)})
        flush()


def callers() -> dict[str, Client]:
    users = {
        VISITOR: User.objects.create_user(VISITOR),
        OFFICER: User.objects.create_user(OFFICER),
        STAFF: User.objects.create_user(STAFF, is_staff=True),
        ROOT: User.objects.create_superuser(ROOT),
    }
    users[OFFICER].groups.add(Group.objects.get_or_create(name=AGENCY)[0])
    found = {STRANGER: Client(), **{name: Client() for name in users}}
    for name, user in users.items():
        found[name].force_login(user)
    for scope in SCOPES:
        found[scope] = with_key([scope]).client
    found[ELSEWHERE] = with_key(list(SCOPES), stations=["elsewhere"]).client
    return found


def parts(station: str) -> dict[str, str]:
    make.make_station(slug=station, is_public=station == PUBLIC)
    make.make_readings(station, hours=30)
    make.make_band(f"{station}/pm2_5", make.this_hour())
    make.make_forecast(f"{station}/pm2_5", make.this_hour())
    event = make.make_anomaly(station, make.this_hour() - make.HOUR)
    contact = Contact.objects.create(kind=Contact.Kind.CITIZEN)
    now = clock.now()
    what = {"rule": "smog", "place": station, "state": "firing"}
    alert = Alert.objects.create(slot=station, since=now, level_since=now, fired_at=now, **what)
    text = {"subject_en": "Smog", "text_en": "Smog", "kind": "alert", "queued_at": now}
    message = Message.objects.create(alert=alert.identifier, **what, **text)
    row = {"message": message.identifier, "contact": contact.uid, "channel": "inapp", "kind": "alert"}
    Delivery.objects.create(reference=f"reference-{station}", text="Smog", **row)
    return {
        "city": "lahore", "station": station, "slug": station, "variable": "pm2_5", "event": str(event.pk),
        "alert": alert.identifier, "contact": contact.uid, "reference": f"reference-{station}", "rest": "nothing",
        "wish": optin.ask(optin.Wish("a@example.org", PUBLIC, Severity.SEVERE, "en")),
        "object_id": "0" * 24, "content_type_id": "0" * 24, "id": str(User.objects.first().pk),
    }  # fmt: skip


def admitted(answer: HttpResponse) -> bool:
    """Neither refused, nor asked to sign in, nor told that there is nothing."""
    assert answer.status_code < 500
    return answer.status_code not in {401, 403, 404} and "/login" not in answer.headers.get("Location", "")


def found_at(site: Site, address: str, station: str) -> set[str]:
    """Those who are admitted, of those who try."""
    method, path = KNOWN[address].method, site.path(address, station)
    return {name for name in callers_of(address) if admitted(site.answer(name, method, path, station))}


def test_every_beginning_of_the_sites_own_addresses_is_kept_from_stations():
    ours = {address.split("/")[0] for address in walk(get_resolver())} | {settings.STATIC_URL.strip("/")}
    assert {word for word in ours if slug_re.fullmatch(word)} == TAKEN_ADDRESSES


def test_every_address_of_the_site_says_whom_it_is_for() -> None:
    there = set(walk(get_resolver()))
    new, gone = sorted(there - set(KNOWN)), sorted(set(KNOWN) - there)
    assert not new, f"Say in tests/project/gates.py whom these are for: {new}"
    assert not gone, f"Take out of tests/project/gates.py what is gone: {gone}"


@pytest.mark.parametrize("address", KNOWN)
def test_it_admits_them_and_nobody_else(site: Site, address: str) -> None:
    assert found_at(site, address, PUBLIC) == KNOWN[address].who & callers_of(address)


ABOUT_A_STATION = [address for address in KNOWN if re.search(r":(station|slug|event|identifier)>", address)]


@pytest.mark.parametrize("address", ABOUT_A_STATION)
def test_a_station_that_is_not_public_admits_fewer(site: Site, address: str) -> None:
    assert found_at(site, address, PRIVATE) == KNOWN[address].where_private & callers_of(address)


@pytest.mark.parametrize("address", [*(one for one in ABOUT_A_STATION if one.startswith("api/v1/")), "api/v1/predict"])
def test_a_key_for_another_station_opens_what_is_open_to_all(site: Site, address: str) -> None:
    gate = KNOWN[address]
    for station, who in ((PUBLIC, gate.who), (PRIVATE, gate.where_private)):
        answer = site.answer(ELSEWHERE, gate.method, site.path(address, station), station)
        assert admitted(answer) is (STRANGER in who)


@pytest.mark.django_db
def test_who_may_only_look_is_offered_no_action_that_changes_anything(rf: RequestFactory) -> None:
    looker = User.objects.create_user("looker", is_staff=True)
    looker.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    request = rf.get("/admin/")
    request.user = looker
    offered = {name for page in admin.site._registry.values() for name in page.get_actions(request)}
    assert offered == {"side_by_side"}


@pytest.mark.django_db
def test_who_may_only_look_at_contacts_reads_no_secret(client: Client, admin_client: Client) -> None:
    looker = User.objects.create_user("looker", is_staff=True)
    looker.user_permissions.set(Permission.objects.filter(codename="view_contact"))
    client.force_login(looker)
    secret = "hush-hush-told-to-nobody"  # so long that no random token of a page holds it
    ways = {
        "webhook_url": "https://a.example/tell",
        "webhook_secret": secret,
        "apprise_url": f"json://me:{secret}@b.example",
    }
    address = f"/admin/alerts/contact/{Contact.objects.create(name='Operations', **ways).pk}/change/"
    seen, written = client.get(address), admin_client.get(address)
    assert (seen.status_code, b"Operations" in seen.content) == (200, True)
    assert secret.encode() not in seen.content
    assert secret.encode() in written.content
