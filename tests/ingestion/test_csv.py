"""Files of any sensor: any time, any unit, bad rows skipped with their reason."""

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ingestion.observation import Observation, Rejected
from ingestion.providers.csv.client import read
from ingestion.providers.csv.layout import Clock, LayoutError, code_of

MINUTE = timedelta(minutes=1)
START = datetime(2026, 1, 1, tzinfo=UTC)
BY_TIME = Clock(column="timestamp")


@pytest.fixture
def write(tmp_path):
    def _write(text: str, name: str = "data.csv") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return _write


def observations(path, clock=BY_TIME, **options):
    return [result for _, result in read(path, clock, **options) if isinstance(result, Observation)]


def reasons(path, clock=BY_TIME, **options):
    return [result.reason for _, result in read(path, clock, **options) if isinstance(result, Rejected)]


def test_it_reads_one_column_of_values(write):
    path = write("timestamp,value\n2026-01-01T00:00:00Z,70.1\n2026-01-01T00:01:00Z,70.3\n")
    first, second = observations(path, values=["value"], unit="°C")
    assert (first.at, first.values, first.provider) == (START, {"value": 70.1}, "file")
    assert second.at - first.at == MINUTE


def test_a_quote_that_never_ends_is_an_error_after_what_can_be_read(write):
    row = "2026-01-01T00:00:00Z,70.1\n"
    path = write("timestamp,value\n" + 100 * row + '2026-01-01T00:00:00Z,"70.1\n' + 6_000 * row)
    with pytest.raises(LayoutError, match=r"data\.csv is damaged after 100 rows that can be read: field larger"):
        observations(path)


def test_many_columns_become_many_variables_by_the_units_of_their_headers(write):
    path = write(
        "timestamp,Name,Air temperature [K],NO2 (ppb),PM2.5,Torque [Nm],CO2 (ppm)\n"
        "2026-01-01 00:00,TEMP-01,298.15,10,42,40.5,415\n"
    )
    [one] = observations(path)
    assert one.values["air_temperature"] == pytest.approx(25.0)
    assert one.values["no2"] == pytest.approx(10 * 46.0055 / 24.45)
    assert {code: one.values[code] for code in ("pm2_5", "torque", "co2")} == {
        "pm2_5": 42.0,
        "torque": 40.5,
        "co2": 415.0,
    }
    assert "name" not in one.values


def test_neither_the_time_nor_a_column_without_a_title_is_a_variable(write):
    [one] = observations(write(",timestamp,value\n7,1767225600,70.1\n"))
    assert (one.at, one.values) == (START, {"value": 70.1})


def test_where_semicolons_separate_columns_a_comma_is_a_decimal_point(write):
    path = write("timestamp;Temperatur [°C];Stufe\n2026-01-01T00:00:00Z;-18,42;3\n2026-01-01T00:01:00Z;1.234,5;4\n")
    first, second = observations(path)
    assert first.values == {"temperatur": -18.42, "stufe": 3.0}
    assert (second.values, second.rejected) == ({"stufe": 4.0}, {"temperatur": "not a number: '1.234,5'"})


def test_a_comma_within_a_number_is_refused_where_it_may_separate_thousands(write):
    path = write("timestamp\tvalue\n2026-01-01T00:00:00Z\t1,234\n2026-01-01T00:01:00Z\t5\n")
    assert [one.values for one in observations(path)] == [{"value": 5.0}]


def test_the_layout_tells_each_variable_and_its_unit(write):
    path = write("timestamp,Air temperature [K],PM10\n2026-01-01,298.15,60\n")
    [(layout, _)] = read(path, BY_TIME)
    assert [(column.code, column.canonical, column.offset) for column in layout.columns] == [
        ("air_temperature", "°C", -273.15),
        ("pm10", "µg/m³", 0.0),
    ]


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("2026-01-01T05:00:00+05:00", {}),
        ("2026-01-01 00:00", {}),
        ("2026-01-01T05:00", {"zone": ZoneInfo("Asia/Karachi")}),
        ("1767225600", {}),
        ("1767225600000", {}),
        ("1767225600.0", {}),
        ("01.01.2026 05.00", {"format": "%d.%m.%Y %H.%M", "zone": ZoneInfo("Asia/Karachi")}),
        ("01/01/26 12:00 AM", {"format": "%m/%d/%y %I:%M %p"}),
    ],
)
def test_times_may_be_written_in_many_ways(write, text, options):
    path = write(f"when;value\n{text};1\n")
    assert [one.at for one in observations(path, Clock(column="when", **options))] == [START]


def test_rows_without_times_are_counted_from_a_start(write):
    path = write("rpm,torque\n1551,42.8\n,\n1408,46.3\nx,y\n1498,49.4\n")
    clock = Clock(every=MINUTE, start=START)
    assert [(one.at - START) / MINUTE for one in observations(path, clock)] == [0, 1, 3]
    assert reasons(path, clock) == ["no column holds a number"]


def test_a_folder_is_read_by_name_and_counted_through(write, tmp_path):
    write("value\n1\n2\n", "a.csv")
    with gzip.open(tmp_path / "b.csv.gz", "wt") as file:
        file.write("value\n3\n")
    write("not,data\n", "notes.md")
    found = observations(tmp_path, Clock(every=MINUTE, start=START))
    assert [(one.values["value"], one.at) for one in found] == [(i + 1.0, START + i * MINUTE) for i in range(3)]


def test_bad_rows_are_skipped_with_their_reason_and_their_neighbours_are_kept(write):
    path = write(
        "timestamp,pm2_5\n2026-01-01T00:00Z,40\nyesterday,41\n,42\n2026-01-01T03:00Z,high\n"
        "1999-12-31T23:00Z,44\n2099-01-01T00:00Z,45\n2026-01-01T06:00Z\n2026-01-01T07:00Z,47\n"
    )
    assert [one.values["pm2_5"] for one in observations(path)] == [40.0, 47.0]
    assert reasons(path) == [
        "not a time: 'yesterday' (expected ISO 8601, seconds since 1970, or what --format says)",
        "the row has no time",
        "no column holds a number",
        "the time 1999-12-31 23:00 UTC is before 2000",
        "the time 2099-01-01 00:00 UTC is in the future",
        "no column holds a number",
    ]


def test_a_row_with_more_fields_than_the_header_is_refused_and_not_cut(write):
    """A decimal comma without quotes is one column more, and 19,90 is no 19."""
    path = write("timestamp,value\n2026-01-01T00:00Z,19,90\n2026-01-01T01:00Z,20,\n2026-01-01T02:00Z,21\n")
    assert [one.values["value"] for one in observations(path)] == [20.0, 21.0]
    assert reasons(path) == ["the row has 3 fields and the header 2"]


@pytest.mark.parametrize("text", ["", "NA", "nan", "null", "-", "1,5", "inf", "12 µg"])
def test_what_is_no_number_is_refused_alone(write, text):
    path = write(f'timestamp,pm2_5,pm10\n2026-01-01T00:00Z,"{text}",60\n2026-01-01T01:00Z,41,61\n')
    first, second = observations(path)
    assert (first.values, first.rejected.keys()) == ({"pm10": 60.0}, {"pm2_5"})
    assert second.values == {"pm2_5": 41.0, "pm10": 61.0}


def test_a_sentinel_is_not_converted(write):
    path = write("timestamp,temperature\n2026-01-01T00:00Z,-999\n2026-01-01T01:00Z,300\n")
    assert [one.values["temperature"] for one in observations(path, unit="K")] == [-999.0, pytest.approx(26.85)]


def test_a_byte_order_mark_and_foreign_bytes_do_no_harm(tmp_path):
    path = tmp_path / "excel.csv"
    path.write_bytes(b"\xef\xbb\xbftimestamp\tvalue\r\n2026-01-01T00:00Z\t1.5\r\n\r\n\xff\xfe\t2\r\n")
    assert [one.values for one in observations(path)] == [{"value": 1.5}]
    assert len(reasons(path)) == 1


@pytest.mark.parametrize(
    ("text", "clock", "options", "message"),
    [
        ("", BY_TIME, {}, "data.csv is empty"),
        ("a,b\n1,2\n", BY_TIME, {}, "There is no column 'timestamp'. There are: a, b."),
        ("a,b\n1,2\n", Clock(), {}, "Name the column with the time, or give both a start and an interval."),
        ("timestamp,b\n2026-01-01,2\n", BY_TIME, {"values": ["c"]}, "There is no column 'c'"),
        ("timestamp,b\n2026-01-01,x\n", BY_TIME, {}, "No column holds numbers"),
        ("timestamp,pm25,PM2.5\n2026-01-01,1,2\n", BY_TIME, {}, "Several columns would become pm2_5"),
        ("timestamp,PM10 [ppm]\n2026-01-01,1\n", BY_TIME, {}, "'pm10' cannot be converted"),
        ("timestamp,PM10 [AQI]\n2026-01-01,1\n", BY_TIME, {}, "The unit 'AQI' cannot be converted here."),
    ],
)
def test_a_file_that_is_not_as_described_says_what_there_is(write, text, clock, options, message):
    with pytest.raises(LayoutError) as caught:
        list(read(write(text), clock, **options))
    assert message in str(caught.value)


def test_a_column_that_begins_to_send_after_weeks_is_taken_too(write):
    rows = [f"2026-01-{1 + n // 24:02}T{n % 24:02}:00,70.1,{'' if n < 600 else 40}\n" for n in range(601)]
    found = observations(write("timestamp,value,pm10\n" + "".join(rows)))
    assert found[-1].values == {"value": 70.1, "pm10": 40.0}


def test_the_hour_that_clocks_show_twice_is_kept_twice(write):
    """Local times do not say which of the two they mean; their order does."""
    local = ["01:00", "02:00", "02:30", "02:00", "02:30", "03:00"]  # on 26 October 2025 in Berlin
    path = write("timestamp,value\n" + "".join(f"2025-10-26 {time},{n}\n" for n, time in enumerate(local)))
    berlin = Clock(column="timestamp", zone=ZoneInfo("Europe/Berlin"))
    found = [(one.at.strftime("%d %H:%M"), one.values["value"]) for one in observations(path, berlin)]
    times = ["25 23:00", "26 00:00", "26 00:30", "26 01:00", "26 01:30", "26 02:00"]
    assert found == list(zip(times, range(6), strict=True))


def test_a_time_that_clocks_leap_over_is_refused_and_takes_the_place_of_no_other(write):
    local = ["01:45", "02:00", "02:45", "03:00"]  # on 29 March 2026 in Berlin, where 03:00 follows 01:59
    path = write("timestamp,value\n" + "".join(f"2026-03-29 {time},{n}\n" for n, time in enumerate(local)))
    berlin = Clock(column="timestamp", zone=ZoneInfo("Europe/Berlin"))
    assert [(f"{one.at:%H:%M}", one.values["value"]) for one in observations(path, berlin)] == [
        ("00:45", 0),
        ("01:00", 3),
    ]
    assert reasons(path, berlin) == [
        f"clocks in Europe/Berlin leap over this time: '2026-03-29 {time}'" for time in ("02:00", "02:45")
    ]


def test_of_an_hour_that_clocks_show_twice_the_first_is_meant_where_rows_run_backwards(write):
    path = write("timestamp,value\n2025-10-26 02:30,1\n2025-10-26 02:00,2\n2025-10-26 01:00,3\n")
    berlin = Clock(column="timestamp", zone=ZoneInfo("Europe/Berlin"))
    assert [one.at.hour for one in observations(path, berlin)] == [0, 0, 23]


def test_nothing_to_read_says_so(tmp_path):
    with pytest.raises(LayoutError, match="neither a file nor a folder"):
        list(read(tmp_path / "missing.csv", BY_TIME))


@pytest.mark.parametrize(
    ("name", "code"), [("PM2.5", "pm2_5"), ("pm25", "pm2_5"), ("Process temperature", "process_temperature")]
)
def test_a_column_name_becomes_a_code(name, code):
    assert code_of(name) == code


@pytest.mark.shared_data
def test_the_factory_file_imports_without_times(shared_data):
    clock = Clock(every=MINUTE, start=START)
    found = observations(shared_data / "ai4i" / "ai4i2020.csv.gz", clock)
    assert len(found) == 10_000
    assert found[0].values["air_temperature"] == pytest.approx(24.95)
    assert found[-1].at - START == 9999 * MINUTE
    assert "type" not in found[0].values


@pytest.mark.shared_data
def test_an_irregular_network_file_imports(shared_data):
    path = shared_data / "lahore" / "openaq_network_lahore_pm25_2025-09_2025-12.csv.gz"
    found = observations(path, Clock(column="datetime"), unit="µg/m³")
    assert len(found) == 10_408
    assert found[0].values == {"pm2_5": 74.98883374532063}
