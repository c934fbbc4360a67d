"""Every standard at every edge of every pollutant, against a slow second implementation and published numbers."""

import csv
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from ingestion.aqi import aqi, standard, standards
from ingestion.aqi.standard import FOLDER, read_edition
from tests.ingestion.aqi_reference import Sheet, expected, micrograms, sheets

DATA = Path(__file__).parents[1] / "data" / "aqi"
NOW = datetime(2025, 11, 1, tzinfo=UTC)
SHORTEST_REASON = 40  # letters of the sentence on why a standard's number differs
SHEETS = sheets()
CASES = [pytest.param(sheet, key, id=f"{sheet.name} {key}") for sheet in SHEETS for key in sheet.keys]


def in_force(sheet: Sheet) -> datetime:
    return datetime.fromisoformat(sheet.head["in force from"]).replace(tzinfo=UTC)


def sub_index(sheet: Sheet, key: str, values: list[Decimal]) -> list[int | None]:
    row = sheet.table(key)[0]
    given = [micrograms(value, row["unit"], row["pollutant"]) for value in values]
    found = aqi(sheet.head["code"], {key: given}, in_force(sheet)).sub_indices[key]
    return [None if np.isnan(value) else int(value) for value in found]


@pytest.mark.parametrize(("sheet", "key"), CASES)
def test_it_gives_the_printed_index_at_both_ends_of_each_row(sheet: Sheet, key: str) -> None:
    for row in sheet.table(key):
        assert sub_index(sheet, key, [Decimal(row["low"])]) == [int(row["index_low"])]
        if row["high"] and sheet.head["method"] == "linear":
            assert sub_index(sheet, key, [Decimal(row["high"])]) == [int(row["index_high"])]


@pytest.mark.parametrize(("sheet", "key"), CASES)
def test_it_agrees_with_the_slow_reading_at_just_inside_and_just_outside_each_edge(sheet: Sheet, key: str) -> None:
    step = Decimal(sheet.table(key)[0]["step"] or "0.01")
    shares = [
        Decimal(share) for share in ("-2", "-1", "-0.51", "-0.49", "-0.01", "0", "0.01", "0.49", "0.51", "1", "2")
    ]
    edges = {Decimal(row[end]) for row in sheet.table(key) for end in ("low", "high") if row[end]}
    values = sorted({edge + step * share for edge in edges for share in shares if edge + step * share >= 0})
    assert sub_index(sheet, key, values) == [expected(sheet, key, value) for value in values]


@pytest.mark.parametrize(("sheet", "key"), CASES)
def test_it_agrees_with_the_slow_reading_above_the_last_row_and_in_between(sheet: Sheet, key: str) -> None:
    last = Decimal(sheet.table(key)[-1]["high"] or sheet.table(key)[-1]["low"])
    values = [last * number / 97 for number in range(300)]
    assert sub_index(sheet, key, values) == [expected(sheet, key, value) for value in values]


@pytest.mark.parametrize(("sheet", "key"), CASES)
def test_more_of_a_pollutant_never_gives_a_lower_index(sheet: Sheet, key: str) -> None:
    values = np.linspace(0, 5000 if "co" not in key else 90_000, 20_001)
    found = aqi(sheet.head["code"], {key: values}, in_force(sheet)).sub_indices[key]
    there = ~np.isnan(found)
    assert np.all(np.diff(found[there]) >= 0)
    assert not np.any(np.diff(there.astype(int)) < 0)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_each_row_is_in_the_category_that_its_index_has(sheet: Sheet) -> None:
    edition = read_edition(FOLDER / f"{sheet.name}.csv")
    for row in sheet.rows:
        inside = [c.code for c in edition.categories if c.index_from <= int(row["index_high"])]
        assert row["category"] == inside[-1], row


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_each_edition_says_where_it_comes_from_and_why_it_differs(sheet: Sheet) -> None:
    edition = read_edition(FOLDER / f"{sheet.name}.csv")
    assert edition.sources
    assert len(edition.why_en) > SHORTEST_REASON
    assert any("\u0600" <= letter <= "\u06ff" for letter in edition.why_ur)
    assert [c.index_from for c in edition.categories] == sorted(c.index_from for c in edition.categories)


def published() -> list[dict[str, str]]:
    return list(csv.DictReader((DATA / "us_epa_pm25.csv").open(encoding="utf-8")))


@pytest.mark.parametrize("pair", published(), ids=lambda pair: pair["pm25_ugm3"])
def test_it_gives_epas_published_index_for_pm2_5(pair: dict[str, str]) -> None:
    result = aqi("us_epa", {"pm2_5:nowcast": float(pair["pm25_ugm3"])}, NOW)
    assert result.index.tolist() == [int(pair["aqi_2024"])]
    assert result.beyond.tolist() == [pair["beyond_500"] == "yes"]


@pytest.mark.parametrize(
    "pair", [p for p in published() if p["aqi_2012_2024_breakpoints"]], ids=lambda p: p["pm25_ugm3"]
)
def test_a_reading_before_may_2024_has_the_index_of_its_time(pair: dict[str, str]) -> None:
    before = datetime(2024, 5, 5, 23, 59, tzinfo=UTC)
    assert aqi("us_epa", {"pm2_5": float(pair["pm25_ugm3"])}, before).index == [int(pair["aqi_2012_2024_breakpoints"])]


def test_a_series_that_crosses_a_change_of_table_has_each_row_under_its_own_edition() -> None:
    change = datetime(2024, 5, 6, tzinfo=UTC)
    times = [change - timedelta(seconds=1), change, change + timedelta(hours=1)]
    result = aqi("us_epa", {"pm2_5": [12.0, 12.0, np.nan], "no2": [1.0, 1.0, 1.0]}, times)
    assert result.index.tolist()[:2] == [50, 56]
    assert result.dominant.tolist() == ["pm2_5", "pm2_5", "no2"]
    assert result.category.tolist() == ["good", "moderate", "good"]
    assert result.sub_indices["pm2_5:nowcast"].tolist()[:2] == [50, 56]
    assert set(result.sub_indices) == {"pm2_5:nowcast", "no2:1h"}
    named = aqi("us_epa", {"pm2_5:nowcast": [12.0, 12.0]}, times[:2])
    assert named.sub_indices["pm2_5:nowcast"].tolist() == named.index.tolist() == [50, 56]


def test_the_pm_of_the_european_index_is_a_day_before_the_revision_and_an_hour_after_it() -> None:
    given = {"pm2_5:24h": 30.0, "pm2_5:1h": 60.0}
    assert aqi("eu", given, datetime(2023, 1, 1, tzinfo=UTC)).single().averaging == "24h"
    assert aqi("eu", given, NOW).single().averaging == "1h"


def test_before_the_oldest_known_edition_the_oldest_one_is_used() -> None:
    assert aqi("us_epa", {"pm2_5": 12.0}, datetime(2001, 1, 1, tzinfo=UTC)).index == [50]


def test_the_worst_pollutant_decides_and_is_named_with_its_averaging_period() -> None:
    single = aqi("us_epa", {"pm2_5:nowcast": 10.0, "o3:8h": 180.0, "no": 99.0, "temperature": 40.0}, NOW).single()
    assert (single.dominant, single.averaging, single.category) == ("o3", "8h", "unhealthy")
    assert single.index == 164  # 0.0917 ppm, truncated to 0.091: 151 + 49 · 5/19


def test_of_two_pollutants_that_are_equally_bad_the_first_of_the_table_is_named() -> None:
    assert aqi("us_epa", {"no2": 0.0, "pm10": 0.0, "pm2_5": 0.0}, NOW).single().dominant == "pm2_5"


def test_above_500_the_last_line_goes_on_and_is_marked() -> None:
    single = aqi("us_epa", {"pm2_5": 1000.0}, NOW).single()
    assert (single.index, single.category, single.beyond) == (1844, "hazardous", True)
    assert not aqi("us_epa", {"pm2_5": 325.4}, NOW).single().beyond


def test_eight_hour_ozone_holds_at_300_and_one_hour_ozone_takes_over() -> None:
    ozone = {"o3:8h": micrograms(Decimal("0.25"), "ppm", "o3")}
    assert aqi("us_epa", ozone, NOW).single().index == 300
    ozone["o3:1h"] = micrograms(Decimal("0.405"), "ppm", "o3")
    single = aqi("us_epa", ozone, NOW).single()
    assert (single.index, single.averaging) == (301, "1h")


def test_one_hour_so2_holds_at_200_and_24_hour_so2_takes_over() -> None:
    so2 = {"so2:1h": micrograms(Decimal(900), "ppb", "so2"), "so2:24h": micrograms(Decimal(304), "ppb", "so2")}
    assert aqi("us_epa", so2, NOW).single().index == 200
    so2["so2:24h"] = micrograms(Decimal(1004), "ppb", "so2")
    assert aqi("us_epa", so2, NOW).single().index == 500


@pytest.mark.parametrize(
    ("key", "value", "unit"),
    [
        ("pm2_5", "325.4", "µg/m³"),
        ("pm10", "604", "µg/m³"),
        ("co", "50.4", "ppm"),
        ("o3", "0.604", "ppm"),
        ("so2", "1004", "ppb"),
        ("no2", "2049", "ppb"),
    ],
)
def test_a_bare_pollutant_stands_for_all_its_averaging_periods_and_reaches_500_at_the_anchor(
    key: str, value: str, unit: str
) -> None:
    assert aqi("us_epa", {key: micrograms(Decimal(value), unit, key)}, NOW).single().index == 500


@pytest.mark.parametrize("code", list(standards()))
@pytest.mark.parametrize("value", [np.nan, -0.1, -9999.0, np.inf, -np.inf])
def test_what_is_no_concentration_gives_no_index_and_never_zero(code: str, value: float) -> None:
    single = aqi(code, {"pm2_5": value, "o3": value}, NOW).single()
    assert (single.index, single.dominant, single.averaging, single.category) == (None, None, None, None)
    assert not single.beyond
    assert not single.complete


@pytest.mark.parametrize("code", list(standards()))
def test_one_missing_pollutant_leaves_the_others(code: str) -> None:
    alone = aqi(code, {"pm2_5": 80.0}, NOW).single()
    assert aqi(code, {"pm2_5": 80.0, "pm10": np.nan, "no2": -1.0}, NOW).single() == alone


def test_no_pollutant_at_all_gives_no_index() -> None:
    assert aqi("us_epa", {}, NOW).single().index is None
    assert aqi("us_epa", {"temperature": [20.0, 21.0]}, NOW).index.size == 1


def test_gases_alone_are_marked_as_an_incomplete_index() -> None:
    assert not aqi("us_epa", {"no2": 20.0}, NOW).single().complete
    assert aqi("us_epa", {"no2": 20.0, "pm10": 20.0}, NOW).single().complete


def test_india_asks_for_three_pollutants_with_one_of_the_dusts() -> None:
    values = {
        "pm2_5": [60.0, 60.0, np.nan],
        "no2": [10.0, 10.0, 10.0],
        "o3": [np.nan, 20.0, 20.0],
        "co": [np.nan, np.nan, 9.0],
    }
    result = aqi("india_cpcb", values, NOW)
    assert result.complete.tolist() == [False, True, False]
    assert result.index.tolist()[:2] == [100, 100]


def test_indias_own_example_holds() -> None:
    assert aqi("india_cpcb", {"pm2_5": [31.0, 45.0, 60.0]}, NOW).index.tolist() == [51, 75, 100]


def test_china_rounds_the_index_up() -> None:
    assert aqi("china", {"pm2_5:24h": [35.0, 36.0]}, NOW).index.tolist() == [50, 52]  # 51.25


def test_arrays_broadcast_and_keep_their_shape() -> None:
    result = aqi("us_epa", {"pm2_5": np.full((2, 3), 9.0), "pm10": 55.0}, NOW)
    assert result.index.tolist() == [[51, 51, 51]] * 2
    assert result.dominant.shape == (2, 3)


def test_it_refuses_an_averaging_period_that_the_standard_does_not_have() -> None:
    with pytest.raises(ValueError, match=r"us_epa has no table for 'pm2_5:3h'. It has pm2_5:nowcast"):
        aqi("us_epa", {"pm2_5:3h": 1.0}, NOW)


def test_it_refuses_a_naive_time() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        aqi("us_epa", {"pm2_5": 1.0}, datetime(2025, 1, 1))  # noqa: DTZ001
    with pytest.raises(ValueError, match="no time zone"):
        aqi("us_epa", {"pm2_5": [1.0]}, [datetime(2025, 1, 1)])  # noqa: DTZ001


def test_it_names_the_standards_that_exist() -> None:
    with pytest.raises(ValueError, match=f"no AQI standard 'mars'. Known: {', '.join(standards())}"):
        standard("mars")


def test_the_default_standard_comes_first_and_its_newest_edition_is_of_may_2024() -> None:
    assert next(iter(standards())) == "us_epa"
    assert standard("us_epa").latest.in_force_from == datetime(2024, 5, 6, tzinfo=UTC)


def test_a_broken_standard_says_which_file_it_is(tmp_path: Path) -> None:
    text = (FOLDER / "eu.2024.csv").read_text(encoding="utf-8").replace("method: band", "method: guess")
    (tmp_path / "broken.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"broken\.csv cannot be read.*'guess' is none of linear, band"):
        read_edition(tmp_path / "broken.csv")


NEW = """\
# code: new_here
# name: An index that is made for this test
# name_ur: میرے شہر کا اشاریہ
# edition: 2027
# in force from: 2027-01-01
# source: the city's gazette
# method: linear
# completeness: 0.75
# why_en: Made for this test.
# why_ur: صرف اس جانچ کے لیے۔
# category: good, 0, 1, #00e400, Good, اچھی
# category: bad, 51, 4, #ff0000, Bad, خراب
pollutant,averaging,unit,step,low,high,index_low,index_high,category
pm2_5,24h,µg/m³,1,0,30,0,50,good
pm2_5,24h,µg/m³,1,31,60,51,100,bad
"""


@pytest.fixture
def new_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    (tmp_path / "new_here.2027.csv").write_text(NEW, encoding="utf-8")
    monkeypatch.setattr(import_module("ingestion.aqi.standard"), "FOLDER", tmp_path)
    standards.cache_clear()
    yield
    standards.cache_clear()


@pytest.mark.usefixtures("new_here")
def test_adding_a_standard_is_adding_one_file() -> None:
    result = aqi("new_here", {"pm2_5:24h": [30.9, 31.0, 120.0]}, datetime(2027, 6, 1, tzinfo=UTC))
    assert result.index.tolist() == [50, 51, 201]
    assert result.category.tolist() == ["good", "bad", "bad"]
    assert result.beyond.tolist() == [False, False, True]
    first, *others = standards()
    assert first == "us_epa"
    assert "new_here" in others
    assert others == sorted(others)
