"""Alerts as documents of the Common Alerting Protocol."""

from collections.abc import Callable
from datetime import timedelta
from math import cos, radians
from pathlib import Path

import pytest
from django.test import Client
from lxml import etree
from pytest_django import Settings
from signxml import XMLVerifier
from signxml.exceptions import InvalidDigest

from alerts import tasks
from alerts.models import Alert, Message, Rule
from aqi_project import clock
from detection.models import Anomaly, Forecast
from ingestion.models import Reading, Station

pytestmark = pytest.mark.django_db
CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
ATOM = "{http://www.w3.org/2005/Atom}"
Happen = Callable[..., Anomaly]


@pytest.fixture
def schema(shared_data: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(shared_data / "cap" / "CAP-v1.2.xsd"))


@pytest.fixture
def place(station: Station) -> Station:
    station.latitude, station.longitude = 31.55, 74.34
    station.save()
    return station


def life(rule: Rule, happen: Happen, now: object) -> list[Message]:
    """Alert, Update and Cancel."""
    Rule.objects.update(cooldown=timedelta(0), recover_for=timedelta(0))
    event = happen(severity=3)
    tasks.process_events()
    Anomaly.objects.filter(pk=event.pk).update(severity=5, revision=2)
    tasks.process_events()
    Anomaly.objects.filter(pk=event.pk).update(end=now, last_at=event.start, revision=3)
    tasks.process_events()
    return list(Message.objects.order_by("number"))


def fetch(message: Message) -> bytes:
    answer = Client().get(f"/alerts/{message.identifier}.cap.xml")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/cap+xml")
    return answer.content


@pytest.mark.shared_data
def test_each_message_of_a_life_is_valid(
    schema: etree.XMLSchema, place: Station, rule: Rule, happen: Happen, now: object
) -> None:
    told = life(rule, happen, now)
    assert [message.kind for message in told] == ["alert", "update", "cancel"]
    for message in told:
        schema.assertValid(etree.fromstring(fetch(message)))


@pytest.mark.shared_data
@pytest.mark.parametrize("scope", ["station", "city"])
def test_a_limit_in_a_city_and_at_a_station_is_valid(
    schema: etree.XMLSchema, place: Station, measure: Callable[..., Reading], scope: str
) -> None:
    Station.objects.create(slug="b", name="B", city="lahore", latitude=31.6, longitude=74.4)
    measure(aqi=350)
    measure(aqi=320, slug="b")
    kind = Rule.Condition.LIMIT
    Rule.objects.create(slug="x", name="X", condition=kind, limits=[151, 300], scope=scope, is_exercise=True)
    tasks.evaluate_rules()
    told = list(Message.objects.all())
    assert told
    for message in told:
        document = etree.fromstring(fetch(message))
        schema.assertValid(document)
        assert document.findtext(f"{CAP}status") == "Exercise"


def test_later_messages_refer_to_the_ones_before(place: Station, rule: Rule, happen: Happen, now: object) -> None:
    first, second, third = (etree.fromstring(fetch(message)) for message in life(rule, happen, now))
    assert first.find(f"{CAP}references") is None
    names = [document.findtext(f"{CAP}identifier") for document in (first, second)]
    references = third.findtext(f"{CAP}references", "").split()
    assert [reference.split(",")[1] for reference in references] == names
    assert references[0].split(",")[2] == first.findtext(f"{CAP}sent")
    assert [d.findtext(f"{CAP}msgType") for d in (first, second, third)] == ["Alert", "Update", "Cancel"]
    assert third.findtext(f"{CAP}info/{CAP}responseType") == "Monitor"


@pytest.mark.shared_data
def test_an_end_without_an_all_clear_gives_none(
    schema: etree.XMLSchema, place: Station, rule: Rule, happen: Happen
) -> None:
    happen()
    tasks.process_events()
    Rule.objects.update(is_active=False)
    tasks.evaluate_rules()
    document = etree.fromstring(fetch(Message.objects.get(kind="cancel")))
    schema.assertValid(document)
    assert "no all-clear" in document.findtext(f"{CAP}info/{CAP}description")
    assert document.findtext(f"{CAP}info/{CAP}responseType") == "Monitor"
    assert document.findtext(f"{CAP}info/{CAP}urgency") == "Unknown"
    for found in document.findall(f"{CAP}info/{CAP}instruction"):
        assert found.text not in ("Nothing more to do.", "مزید کچھ کرنے کی ضرورت نہیں۔")


def test_times_are_local_with_a_numeric_offset(place: Station, rule: Rule, happen: Happen) -> None:
    happen()
    tasks.process_events()
    document = etree.fromstring(fetch(Message.objects.get()))
    for path in ("sent", f"info/{CAP}onset", f"info/{CAP}expires"):
        assert document.findtext(f"{CAP}{path}", "").endswith("+05:00")


def test_it_speaks_both_languages_and_knows_where(place: Station, rule: Rule, happen: Happen) -> None:
    happen()
    tasks.process_events()
    english, urdu = etree.fromstring(fetch(Message.objects.get())).findall(f"{CAP}info")
    assert [info.findtext(f"{CAP}language") for info in (english, urdu)] == ["en", "ur"]
    assert urdu.findtext(f"{CAP}area/{CAP}areaDesc") == "لاہور"
    assert english.findtext(f"{CAP}area/{CAP}circle") == "31.55000,74.34000 5.0"
    assert english.findtext(f"{CAP}severity") == "Severe"
    assert english.findtext(f"{CAP}certainty") == "Likely"


def test_a_city_is_a_polygon_around_the_reach_of_its_stations(place: Station, measure: Callable[..., Reading]) -> None:
    for slug, latitude, longitude in (("b", 31.65, 74.44), ("c", 31.45, 74.54), ("inside", 31.55, 74.44)):
        Station.objects.create(slug=slug, name=slug, city="lahore", latitude=latitude, longitude=longitude)
        measure(aqi=350, slug=slug)
    measure(aqi=350)
    Rule.objects.create(slug="x", name="X", condition=Rule.Condition.LIMIT, limits=[300], scope=Rule.Scope.CITY)
    tasks.evaluate_rules()
    document = etree.fromstring(fetch(Message.objects.get()))
    polygon = document.findtext(f"{CAP}info/{CAP}area/{CAP}polygon", "").split()
    corners = [tuple(map(float, corner.split(","))) for corner in polygon]
    assert corners[0] == corners[-1]
    assert max(latitude for latitude, _ in corners) == pytest.approx(31.65 + 5 / 111.2, abs=1e-4)
    assert min(longitude for _, longitude in corners) == pytest.approx(
        74.34 - 5 / 111.2 / cos(radians(31.55)), abs=1e-4
    )
    assert not [corner for corner in corners if abs(corner[0] - 31.55) < 0.04 and abs(corner[1] - 74.44) < 0.04]


@pytest.mark.parametrize(("factor", "certainty"), [(2.0, "Likely"), (1.0, "Possible")])
def test_certainty_comes_from_the_probability(place: Station, factor: float, certainty: str) -> None:
    issued = clock.now().replace(minute=0, second=0, microsecond=0)
    quantiles = {"q025": [50 * factor], "q50": [100 * factor], "q975": [300 * factor]}
    Forecast.objects.create(
        series="lahore/pm2_5", issued_at=issued, model_version=1, start=issued + timedelta(hours=1), quantiles=quantiles
    )
    values = {"condition": Rule.Condition.FORECAST, "variable": "pm2_5", "limits": [120], "probability": 0.2}
    Rule.objects.create(slug="f", name="F", **values)
    tasks.evaluate_rules()
    document = etree.fromstring(fetch(Message.objects.get()))
    assert document.findtext(f"{CAP}info/{CAP}certainty") == certainty
    assert document.findtext(f"{CAP}info/{CAP}urgency") == "Expected"


def test_the_feed_leads_to_the_documents(place: Station, rule: Rule, happen: Happen, now: object) -> None:
    life(rule, happen, now)
    client = Client()
    feed = etree.fromstring(client.get("/alerts/cap.atom").content)
    links = [entry.find(f"{ATOM}link").attrib["href"] for entry in feed.findall(f"{ATOM}entry")]
    assert len(links) == 3
    for link in links:
        assert client.get(link.removeprefix("http://localhost:8000")).status_code == 200


def test_an_alert_leads_to_its_newest_message(place: Station, rule: Rule, happen: Happen, now: object) -> None:
    life(rule, happen, now)
    answer = Client().get(f"/alerts/{Alert.objects.get().identifier}.cap.xml")
    assert etree.fromstring(answer.content).findtext(f"{CAP}msgType") == "Cancel"


def test_what_is_not_public_is_not_published(place: Station, rule: Rule, happen: Happen) -> None:
    happen()
    tasks.process_events()
    Station.objects.update(is_public=False)
    client = Client()
    assert client.get(f"/alerts/{Message.objects.get().identifier}.cap.xml").status_code == 404
    assert not etree.fromstring(client.get("/alerts/cap.atom").content).findall(f"{ATOM}entry")


def test_what_is_not_public_takes_no_place_in_the_feed(place: Station) -> None:
    Station.objects.create(slug="secret", name="Secret", city="hidden", is_public=False)
    said = {"kind": Message.Kind.ALERT, "text_en": "x"}
    for name in ("lahore", "city:lahore"):
        Message.objects.create(place=name, subject_en=name, created_at=clock.now() - timedelta(hours=1), **said)
    for number in range(100):
        Message.objects.create(place=("secret", "city:hidden")[number % 2], subject_en="Secret", **said)
    feed = etree.fromstring(Client().get("/alerts/cap.atom").content)
    assert sorted(entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")) == ["city:lahore", "lahore"]


def test_a_pasted_control_character_breaks_no_document(place: Station, rule: Rule, happen: Happen) -> None:
    Rule.objects.update(name="Un\x0busual\x01 <air>", subject_en="", template_en="")
    happen()
    tasks.process_events()
    document = etree.fromstring(fetch(Message.objects.get()))
    assert document.findtext(f"{CAP}info/{CAP}headline") == "Lahore: Unusual <air> (Severe)"
    assert etree.fromstring(Client().get("/alerts/cap.atom").content).find(f"{ATOM}entry") is not None


def test_an_empty_feed_is_a_feed(db: None) -> None:
    assert etree.fromstring(Client().get("/alerts/cap.atom").content).findtext(f"{ATOM}title")


@pytest.fixture
def certificate(settings: Settings, tmp_path: Path) -> str:
    """Of the key with which documents are signed."""
    key, path = self_signed(tmp_path)
    settings.CAP_SIGNING_KEY, settings.CAP_SIGNING_CERTIFICATE = str(key), str(path)
    return path.read_text()


def test_a_signed_document_can_be_verified(place: Station, rule: Rule, happen: Happen, certificate: str) -> None:
    happen()
    tasks.process_events()
    signed = fetch(Message.objects.get())
    verified = XMLVerifier().verify(signed, x509_cert=certificate)
    assert verified.signed_xml.findtext(f"{CAP}identifier") == Message.objects.get().identifier
    with pytest.raises(InvalidDigest):
        XMLVerifier().verify(signed.replace(b"Severe", b"Minor"), x509_cert=certificate)


@pytest.mark.shared_data
def test_a_signed_document_is_valid(
    schema: etree.XMLSchema, place: Station, rule: Rule, happen: Happen, certificate: str
) -> None:
    happen()
    tasks.process_events()
    document = etree.fromstring(fetch(Message.objects.get()))
    assert document.find("{http://www.w3.org/2000/09/xmldsig#}Signature") is not None
    schema.assertValid(document)


def self_signed(folder: Path) -> tuple[Path, Path]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "alerts@localhost")])
    now = clock.now()
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (folder / "certificate.pem").write_bytes(built.public_bytes(pem))
    return folder / "key.pem", folder / "certificate.pem"
