"""What the front page promises exists."""

import re

import pytest

from tests.environment import SETTINGS
from tests.project.system import ROOT

README = (ROOT / "README.md").read_text()
FOR_TESTS = {"OPENWEATHER_URL", "OPEN_METEO_URL", "OPENAQ_URL", "TWILIO_API_URL"}  # other servers' addresses
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_every_command_it_names_is_a_target_of_the_makefile():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z-]+)", README))
    assert {"run", "test"} <= named <= targets


def test_every_setting_of_the_example_is_explained():
    table = README.partition("## Settings")[2].partition("## Commands")[0]
    assert set(re.findall(r"`([A-Z_]+)`", table.replace("`VAR_DIR` |", "|"))) | {"VAR_DIR"} == SETTINGS


def test_every_setting_that_is_read_is_in_the_example():
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "aqi_project/settings.py").read_text()))
    assert read - FOR_TESTS == SETTINGS


def test_the_example_detector_works():
    code = "\n".join(re.findall(r"```python\n(.*?)```", (ROOT / "docs/add-a-detector.md").read_text(), re.DOTALL))
    exec(compile(code, "docs/add-a-detector.md", "exec"), {"__name__": "example"})  # noqa: S102 (our own page)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page):
    links = re.findall(r"\]\((?!https?://|#|mailto:)([^)#]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []
