"""Urdu is complete: whoever adds a sentence adds its translation."""

import gettext
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.admin import site
from django.test import Client
from django.utils import translation

from aqi_project.admin.words import WORDS
from dashboard.flag_texts import IN_SHORT, why_doubted
from dashboard.templatetags import air
from detection.models import Severity
from ingestion.models import Station
from ingestion.quality.rules import RULES

ROOT = Path(__file__).parents[2]
TREES = ("aqi_project", "ingestion", "detection", "alerts", "dashboard", "templates", "locale")
CATALOGUES = [Path(folder) / "ur/LC_MESSAGES/django.po" for folder in ("locale", "alerts/locale")]
UNTRANSLATED = re.compile(r'(msgid "[^\n]+)(?:\nmsgid_plural [^\n]+)?\nmsgstr(?:\[\d\])? ""(?!\n")')


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources with a catalogue made anew from them."""
    if not shutil.which("xgettext"):
        pytest.skip("needs the gettext tools: apt-get install gettext")
    folder = tmp_path_factory.mktemp("sources")
    for tree in TREES:
        shutil.copytree(ROOT / tree, folder / tree, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    command = [sys.executable, "-m", "django", "makemessages", "-l", "ur", "--no-location", "--no-wrap"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=str)
def test_nothing_is_left_untranslated(fresh: Path, catalogue: Path):
    text = (fresh / catalogue).read_text(encoding="utf-8")
    assert UNTRANSLATED.findall(text) == []
    assert "#, fuzzy" not in text


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=str)
def test_who_makes_a_catalogue_anew_changes_what_is_new_alone(fresh: Path, catalogue: Path):
    """It was written in another order, so that one new sentence moved a thousand lines."""
    again, committed = (_said(folder / catalogue) for folder in (fresh, ROOT))
    assert again == committed


def _said(path: Path) -> list[str]:
    """All but when it was made, and how a release of gettext calls a kind of gap."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith(('"POT-Creation-Date', "#,"))]


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=str)
def test_the_compiled_catalogue_is_the_written_one(fresh: Path, catalogue: Path):
    made = fresh / "made.mo"
    subprocess.run(["msgfmt", "-o", made, ROOT / catalogue], check=True, capture_output=True)
    assert _messages(made) == _messages((ROOT / catalogue).with_suffix(".mo"))


def _messages(path: Path) -> dict:
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)._catalog


def test_every_doubt_is_told_in_both_languages():
    untold = {rule.name for rule in RULES} ^ set(IN_SHORT)
    assert not untold, f"Each rule, and no other, has a line in dashboard/flag_texts.py: {untold}"
    for rule in RULES:
        assert why_doubted(f"{rule.name}: PM10 -9999 is odd.") == "PM10 -9999 is odd."
        with translation.override("ur"):
            assert re.search("[ء-ے]", why_doubted(f"{rule.name}: PM10 -9999 is odd."))
    assert why_doubted("too high") == "too high"


GAP = re.compile(r"%\(\w+\)s|%s|\{\w*\}")
OURS = ("aqi_project", "ingestion", "detection", "alerts")
SAME_EVERYWHERE = {"id", "html"}


@pytest.mark.parametrize("model", [m for m in site._registry if m._meta.app_label in OURS], ids=lambda m: m.__name__)
def test_the_admin_calls_what_it_shows_by_its_urdu_name(model):
    with translation.override("ur"):
        named = {f.name: str(f.verbose_name) for f in model._meta.fields if f.name not in SAME_EVERYWHERE}
        named |= {"one": str(model._meta.verbose_name), "many": str(model._meta.verbose_name_plural)}
    assert {name: text for name, text in named.items() if not re.search("[ء-ے]", text)} == {}


def test_a_third_language_is_offered_beside_the_second(settings):
    settings.LANGUAGES = [("fa", "فارسی"), *settings.LANGUAGES]
    assert air.other_languages() == [("fa", "فارسی"), ("ur", "اردو")]
    with translation.override("ur"):
        assert air.other_languages() == [("fa", "فارسی"), ("en", "English")]


@pytest.mark.parametrize("sentence", WORDS)
def test_what_django_says_in_the_admin_is_urdu_with_the_same_gaps(sentence: str):
    with translation.override("ur"):
        told = translation.gettext(sentence)
    assert re.search("[ء-ے]", told)
    assert sorted(re.findall(GAP, told)) == sorted(re.findall(GAP, sentence))


@pytest.mark.django_db
def test_the_admin_answers_and_keeps_its_history_in_urdu(admin_client: Client):
    station = Station.objects.create(slug="lahore", name="Lahore")
    address = f"/admin/ingestion/station/{station.pk}/"
    page = admin_client.get(f"{address}change/").context["adminform"].form.initial
    given = {name: value for name, value in page.items() if value not in (None, False)} | {"name": "Gulberg"}
    told = admin_client.post(f"{address}change/", given, follow=True, headers={"accept-language": "ur"})
    assert "محفوظ ہو گیا۔" in told.content.decode()
    history = admin_client.get(f"{address}history/", headers={"accept-language": "ur"}).content.decode()
    assert "تبدیل کیا گیا:" in history


def test_names_are_no_part_of_a_migration():
    field = Station._meta.get_field("expected_interval")
    assert str(field.verbose_name) == "expected interval"
    assert "verbose_name" not in field.deconstruct()[-1]
    assert "verbose_name" not in Station._meta.original_attrs


def test_no_severity_sounds_like_the_usual():
    """“غیر معمولی” is unusual: beside it “معمولی” for minor said the opposite."""
    with translation.override("ur"):
        assert "معمولی" not in [str(severity.label) for severity in Severity]
