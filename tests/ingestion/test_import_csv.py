"""Files of any sensor become readings of a station, by the same way as a city's."""

import gzip
import itertools
import weakref
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from ingestion.models import Reading, RejectedItem, Station, Variable
from ingestion.observation import Rejected
from ingestion.providers.csv.layout import LayoutError
from ingestion.recorded.files import first_usable
from ingestion.recorded.synthetic import MINUTE, synthesize
from tests.ingestion.hours import station, stored

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 5, tzinfo=UTC)
HEAD = "timestamp,value\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    rows = [f"{(START + n * MINUTE).isoformat()},{290 + n % 9 * 0.5}\n" for n in range(300)]
    path = tmp_path / "machine.csv"
    path.write_text(HEAD + "".join(rows))
    return path


def load(file: Path, *arguments: str, slug: str = "TEMP-01") -> str:
    out = StringIO()
    call_command("import_csv", str(file), "--station", slug, *arguments, stdout=out)
    return out.getvalue()


def test_a_machine_becomes_a_station_in_its_unit(file):
    said = load(file, "--time", "timestamp", "--value", "value", "--unit", "K")
    machine = Station.objects.get()
    assert (machine.slug, machine.provider, machine.expected_interval) == ("TEMP-01", "file", MINUTE)
    assert Variable.objects.get(code="value").unit == "°C"
    first = Reading.objects.order_by("at").first()
    assert (first.at, first.values["value"]) == (START, pytest.approx(16.85))
    assert "300 readings are new" in said
    assert "manage.py train TEMP-01" in said


def test_importing_again_changes_nothing(file):
    load(file, "--time", "timestamp")
    before = stored("TEMP-01")
    assert "0 readings are new, 0 corrected, 300 were known" in load(file, "--time", "timestamp")
    assert stored("TEMP-01") == before


def test_a_load_that_rests_at_its_most_every_night_is_not_doubted_in_its_first_file(file):
    hours = [START + timedelta(hours=n) for n in range(24 * 15)]
    rows = [f"{at.isoformat()},{100 if at.hour < 10 else 30 + at.hour}\n" for at in hours]
    stuck = [f"{(hours[-1] + timedelta(hours=n)).isoformat()},55\n" for n in range(1, 25)]
    file.write_text(HEAD + "".join([*rows, *stuck]))
    load(file, "--time", "timestamp")
    assert [one.at for one in Reading.objects.order_by("at") if one.flags] == [
        hours[-1] + timedelta(hours=n) for n in range(21, 25)
    ]


def test_a_time_that_comes_twice_is_kept_once_and_the_other_is_shown_to_an_admin(file):
    with file.open("a") as rows:
        rows.write(f"{START.isoformat()},400\n{START.isoformat()},290.0\n")
    for _ in range(2):
        load(file, "--time", "timestamp")
    assert Reading.objects.get(at=START).values == {"value": 290.0}
    assert Reading.objects.get(at=START).revision == 1
    assert RejectedItem.objects.get().reason.startswith("the file holds this time before")


def test_rows_of_one_millisecond_are_one_time(file):
    file.write_text(HEAD + "2026-01-05T00:00:00.000100Z,1\n2026-01-05T00:00:00.000900Z,2\n2026-01-05T00:01:00Z,3\n")
    for known in (0, 2):
        assert f"{known} were known" in load(file, "--time", "timestamp")
    assert Reading.objects.get(at=START).values == {"value": 1.0}
    assert RejectedItem.objects.get().reason.startswith("the file holds this time before")


def test_bad_rows_are_kept_with_their_reason_and_their_neighbours_imported(file):
    file.write_text(
        HEAD + "2026-01-05T00:00Z,1\nyesterday,2\n2026-01-05T00:02Z,much\n1999-01-05T00:03Z,4\n2026-01-05T00:04Z,5\n"
    )
    assert "2 readings are new" in load(file, "--time", "timestamp", "--value", "value")
    reasons = " ".join(RejectedItem.objects.values_list("reason", flat=True))
    assert "not a time: 'yesterday'" in reasons
    assert "no column holds a number" in reasons
    assert "before 2000" in reasons


def test_a_file_whose_times_are_not_understood_makes_no_station(file):
    file.write_text(HEAD + "05.01.2026 00:00,1\n05.01.2026 00:01,2\n")
    with pytest.raises(CommandError, match=r"None of 2 rows can be used\. The first: not a time: '05"):
        load(file, "--time", "timestamp")
    assert not Station.objects.exists()
    load(file, "--time", "timestamp", "--format", "%d.%m.%Y %H:%M")
    assert Station.objects.get().expected_interval == MINUTE


def test_a_sensor_that_begins_long_after_its_file_is_imported(file):
    rows = "".join(f"{(START + n * MINUTE).isoformat()},{'' if n < 1_200 else n}\n" for n in range(1_300))
    file.write_text(HEAD + rows)
    assert "100 readings are new" in load(file, "--time", "timestamp", "--value", "value")
    assert Station.objects.get().expected_interval == MINUTE


def test_what_only_a_later_file_of_a_folder_measures_becomes_a_variable_too(tmp_path):
    (tmp_path / "a.csv").write_text("t,speed [rpm]\n2026-01-05T00:00Z,1\n")
    (tmp_path / "b.csv").write_text("t,speed [rpm],torque [Nm]\n2026-01-05T00:01Z,2,7\n")
    assert "2 readings are new" in load(tmp_path, "--time", "t")
    assert Variable.objects.get(code="torque").unit == "Nm"
    (tmp_path / "c.csv").write_text("t,speed [km/h]\n2026-01-05T00:02Z,3\n")
    with pytest.raises(CommandError, match="speed is kept in rpm here, and km/h cannot be compared"):
        load(tmp_path, "--time", "t")


class Row:
    """Something whose end can be seen."""


def test_rows_that_cannot_be_used_are_not_gathered_in_memory():
    held: weakref.WeakSet[Row] = weakref.WeakSet()

    def rows():
        for _ in range(5_000):
            held.add(row := Row())
            yield None, Rejected(row, "no column holds a number")
            assert len(held) < 10

    with pytest.raises(LayoutError, match="None of 5000 rows can be used"):
        first_usable(rows())


def test_the_interval_is_told_as_people_say_it(file):
    file.write_text(HEAD + "".join(f"2026-01-05T00:00:{second}Z,{second}\n" for second in (10, 20, 30)))
    assert "One reading each 10 s" in load(file, "--time", "timestamp")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (
            "05.01.2026 00:00,21",
            "not a time: '05.01.2026 00:00' (expected ISO 8601, seconds since 1970, or what --format says)",
        ),
        ("2026-01-05T00:00Z,", "no column holds a number"),
    ],
)
def test_a_file_of_which_no_row_can_be_used_makes_no_station(file, row, reason):
    file.write_text(HEAD + f"{row}\n" * 1500)
    with pytest.raises(CommandError) as refused:
        load(file, "--time", "timestamp", "--value", "value")
    assert str(refused.value) == f"None of 1500 rows can be used. The first: {reason}."
    assert not Station.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_a_file_in_another_encoding_is_told_so(file, encoding):
    file.write_bytes((HEAD.replace("value", "value [°C]") + "2026-01-05T00:00Z,21\n").encode(encoding))
    with pytest.raises(CommandError, match=f"^{file.name} is no text in UTF-8: save the table as CSV in UTF-8.$"):
        load(file, "--time", "timestamp")


def test_a_file_without_times_is_counted_from_a_start(tmp_path):
    file = tmp_path / "factory.csv"
    file.write_text("UDI,Air temperature [K],Torque [Nm]\n1,298.1,42.8\n2,298.2,46.3\n")
    load(file, "--every", "1min", "--start", "2026-01-05", "--value", "Air temperature [K]", "Torque [Nm]", slug="ai4i")
    last = Reading.objects.first()
    assert (last.at, last.values) == (START + MINUTE, {"air_temperature": pytest.approx(25.05), "torque": 46.3})
    units = dict(Variable.objects.exclude(is_pollutant=True).values_list("code", "unit"))
    assert units == {"air_temperature": "°C", "torque": "Nm"}


def test_a_file_that_is_damaged_is_told_in_a_sentence(file, tmp_path):
    whole = gzip.compress(file.read_bytes())
    broken = tmp_path / "broken.csv.gz"
    broken.write_bytes(whole[:-10])
    with pytest.raises(CommandError, match=r"broken\.csv\.gz is damaged after"):
        load(broken, "--time", "timestamp")


@pytest.mark.shared_data
def test_the_factory_file_imports_whole(shared_data):
    columns = [
        "Air temperature [K]",
        "Process temperature [K]",
        "Rotational speed [rpm]",
        "Torque [Nm]",
        "Tool wear [min]",
    ]
    arguments = ["--every", "1min", "--start", "2026-01-05", "--value", *columns]
    assert "10000 readings are new" in load(shared_data / "ai4i" / "ai4i2020.csv.gz", *arguments, slug="ai4i")


def test_a_station_that_somebody_else_feeds_is_left_alone(file):
    station()
    with pytest.raises(CommandError, match="lahore gets its readings from: OpenWeather"):
        load(file, "--time", "timestamp", slug="lahore")
    assert not Reading.objects.exists()


def test_ones_own_sensor_may_have_its_past_from_a_file_and_push_its_present(file):
    station("TEMP-01", provider="push", expected_interval=MINUTE)
    load(file, "--time", "timestamp")
    assert Reading.objects.count() == 300


def test_a_variable_in_another_unit_is_refused(file):
    Variable.objects.create(code="value", name="Value", unit="rpm")
    with pytest.raises(CommandError, match="value is kept in rpm here"):
        load(file, "--time", "timestamp", "--unit", "K")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--time", "when"], "There is no column 'when'. There are: timestamp, value."),
        ([], "Name the column with the time, or give both a start and an interval."),
        (["--every", "soon"], "'soon' is no span of time. Write 30s, 1min, 3h or 1d."),
        (["--zone", "Mars"], "'Mars' is no time zone."),
        (["--every", "1min", "--start", "today"], "'today' is no time."),
        (["--every", "99999999999d"], "'99999999999d' is no span of time."),
        (["--every", "0.0001s"], "'0.0001s' is no span of time."),
    ],
)
def test_a_wrong_argument_is_answered_with_what_to_do(file, arguments, sentence):
    with pytest.raises(CommandError) as refused:
        load(file, *arguments)
    assert sentence in str(refused.value)


@pytest.mark.parametrize("slug", ["my station/1", "Büro", "", "a" * 81])
def test_a_name_that_no_address_can_hold_is_refused(file, slug):
    with pytest.raises(CommandError, match="cannot stand in an address"):
        load(file, "--time", "timestamp", slug=slug)
    assert not Station.objects.exists()


def test_a_name_below_which_the_site_has_its_own_pages_is_refused(file):
    with pytest.raises(CommandError, match="Pages of the site begin with /Status/ already"):
        load(file, "--time", "timestamp", slug="Status")
    assert not Station.objects.exists()


def test_a_column_whose_title_makes_no_code_is_refused_with_its_title(tmp_path):
    file = tmp_path / "urdu.csv"
    file.write_text("time,درجہ حرارت\n2026-01-05T00:00Z,21\n")
    with pytest.raises(CommandError, match="Column 'درجہ حرارت' needs a name with letters a to z"):
        load(file, "--time", "time")
    assert not Station.objects.exists()


def test_the_column_of_row_numbers_that_pandas_writes_is_no_variable(tmp_path):
    file = tmp_path / "frame.csv"
    file.write_text(",time,value\n0,2026-01-05T00:00Z,21\n1,2026-01-05T00:01Z,22\n")
    load(file, "--time", "time")
    assert Reading.objects.get(at=START).values == {"value": 21.0}


def test_a_file_that_is_not_there_is_said_to_be_so(tmp_path):
    with pytest.raises(CommandError, match="is neither a file nor a folder"):
        load(tmp_path / "none.csv", "--time", "timestamp")


def test_the_made_up_machine_is_the_same_for_the_same_seed_and_stays_in_its_range():
    end = datetime(2026, 3, 1, tzinfo=UTC)
    made, again, other = synthesize(end), synthesize(end), synthesize(end, seed=2)
    assert made.values.tobytes() == again.values.tobytes() != other.values.tobytes()
    assert (len(made.times), made.times[-1]) == (21 * 1440, end - MINUTE)
    clean = made.values[: 14 * 1440]
    assert 63 < clean.min() < 64.5
    assert 75.5 < clean.max() < 77
    assert {fault.kind for fault in made.faults} == {"spike", "stuck", "zero", "level_shift", "drift", "gap"}


def test_faults_are_where_their_labels_are_and_never_overlap():
    made = synthesize(datetime(2026, 3, 1, tzinfo=UTC), seed=3)
    ordered = sorted(made.faults, key=lambda fault: fault.start)
    assert all(a.end + timedelta(hours=1) <= b.start for a, b in itertools.pairwise(ordered))
    value = dict(zip(made.times, made.values.tolist(), strict=True))
    stuck = next(fault for fault in made.faults if fault.kind == "stuck")
    assert len({value[stuck.start + n * MINUTE] for n in range(120)}) == 1
    assert (made.label(stuck.start), made.label(stuck.end)) == ("stuck", "")


def test_a_made_up_station_says_so_and_its_file_imports(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    call_command("synthesize", "DEMO", days=19, stdout=StringIO())
    made = Station.objects.get(slug="DEMO")
    assert (made.provider, made.is_public, "synthetic" in made.name) == ("synthetic", False, True)
    assert set(Reading.objects.values_list("provider", flat=True)) == {"synthetic"}
    arguments = ["--time", "timestamp", "--value", "value", "--unit", "°C"]
    assert "27315 readings are new" in load(tmp_path / "synthetic" / "DEMO.csv", *arguments)
    with pytest.raises(CommandError, match="need one of their own"):
        call_command("synthesize", "TEMP-01")
