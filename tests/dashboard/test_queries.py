"""How often a page asks the database: as often for many stations and variables as for one."""

import pytest
from pymongo.collection import Collection

from tests import factories as make
from tests.cast import citizen

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    """The collections that were asked, by Django or by a pipeline of ours."""
    found: list[str] = []

    def counted(real):
        def ask(self, *given, **named):
            found.append(self.name)
            return real(self, *given, **named)

        return ask

    for name in ("find", "aggregate", "count_documents", "distinct"):
        monkeypatch.setattr(Collection, name, counted(getattr(Collection, name)))
    return found


@pytest.mark.parametrize(("page", "most"), [("/status/", 6), ("/lahore/compare/", 8)])
def test_a_page_of_many_stations_asks_for_all_at_once(lahore, asked, page, most):
    for number in range(12):
        make.make_station(slug=f"station-{number}", name=f"Station {number}")
        make.make_readings(f"station-{number}", hours=3)
    asked.clear()
    assert "Station 11" in citizen().get(page).content.decode()
    assert len(asked) <= most, asked


@pytest.mark.parametrize(("page", "most"), [("model/", 11), ("explore/", 7)])
def test_a_page_of_many_variables_asks_for_all_at_once(lahore, asked, page, most):
    for code in make.VARIABLES:
        make.make_band(f"lahore/{code}", make.this_hour())
    citizen().get(f"/lahore/lahore/{page}")  # what is kept between requests is not counted
    asked.clear()
    assert "Carbon monoxide" in citizen().get(f"/lahore/lahore/{page}").content.decode()
    assert len(asked) <= most, asked
