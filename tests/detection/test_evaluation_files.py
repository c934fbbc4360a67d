"""A file that cannot be evaluated is told in one sentence, with the line where there is one, and what to do there."""

import gzip
import re
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from detection.evaluation.command import interval_of
from detection.evaluation.files import Loaded, read_csv
from detection.evaluation.remarks import check_interval
from tests.detection.frames import HOUR, air


def load(path, interval=HOUR) -> Loaded:
    return read_csv(path, "at", "pm2_5", interval, neighbours=[], alone=True)


def read(path) -> pd.DataFrame:
    return load(path).frame


def written(frame: pd.DataFrame, tmp_path: Path) -> Path:
    path = tmp_path / "air.csv"
    frame.to_csv(path)
    return path


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"at,pm2_5\n2024-01-01,5\n2024-01-02,5,7\n", "Line 3 of bad.csv has 3 fields and not 2: put quotes around"),
        (b"at,pm2_5\n2024-01-01,1,234\n2024-01-02,5\n", "The first row below the header of bad.csv has more fields"),
        (b'at,pm2_5\n2024-01-01,5\n"2024-01-02,5\n', "A quote opens in line 3 of bad.csv and never closes"),
        (b'"at;pm2_5\n2024-01-01,5\n', "A quote opens in line 1 of bad.csv and never closes"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "bad.csv is no text in UTF-8: save the table as CSV in UTF-8."),
        (b"at,pm2_5\n\0\1\2,5\n", "bad.csv is no text in UTF-8: save the table as CSV in UTF-8."),
        ("at,Größe\n".encode("latin-1"), "bad.csv is no text in UTF-8: save the table as CSV in UTF-8."),
        (b"", "bad.csv is empty: it needs a header line and rows below it."),
        (b"\n\n", "bad.csv is empty: it needs a header line and rows below it."),
        (b"at,pm2_5\n20240101,5\n20240102,6\n", "20240101 in the column 'at' may be a date or seconds since 1970"),
        (b"at,pm2_5\n2024010123,5\n,\n2024010200,6\n", "2024010123 in the column 'at' may be a date or seconds"),
        (b"at,pm2_5\n45292,5\n45292.0416667,6\n", "45292 in the column 'at' may be a date or seconds since 1970"),
        (
            b"at;pm2_5\n2024-01-01;5,3\n2024-01-02;6,1\n",
            "bad.csv parts its columns with semicolons: save it with commas",
        ),
        (b"at;pm2_5\n2024-01-01;5\n2024-01-02;6\n", "bad.csv parts its columns with semicolons: save it with commas"),
        (b"at;PM2,5\n2024-01-01;5,3\n2024-01-02;6,1\n", "bad.csv parts its columns with semicolons: save it"),
        (b"at\tpm2_5\n2024-01-01\t5\n", "bad.csv parts its columns with tabs: save it with commas"),
        (
            b'at,pm2_5\n2024-01-01 00:00,"5,3"\n2024-01-01 01:00,"6,1"\n',
            "bad.csv has no usable value in 'pm2_5': it begins with '5,3', write numbers like 12.5.",
        ),
        (b"at,pm2_5,pm2_5\n2024-01-01,5,6\n", "bad.csv has several columns 'pm2_5': give each a name of its own."),
        (b"at,pm10\n2024-01-01,5\n", "bad.csv has no column 'pm2_5'; it has: at, pm10."),
    ],
)
def test_a_file_that_is_no_table_is_told_in_our_own_words(tmp_path, data, sentence):
    path = tmp_path / "bad.csv"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}") as told:
        read(path)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("data", [b"at,pm2_5\n", gzip.compress(b"at" * 99)[:-9]], ids=["plain", "cut short"])
def test_a_file_that_cannot_be_unpacked_is_named(tmp_path, data):
    path = tmp_path / "bad.csv.gz"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"^bad\.csv\.gz cannot be read: "):
        read(path)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("at,pm2_5\n", "no row below"),
        ("at,pm2_5\n2024-01-01,5\n", "one usable value"),
        ("at,pm2_5\n2024-01-01 00:00,\n2024-01-01 01:00,\n", "no usable value"),
        ("at,pm2_5\n01.02.2024,1\n02.02.2024,2\n", "two different days"),
        ("at,pm2_5\n2024-10-20 01:00 PKT,1\n2024-10-20 02:00 PKT,2\n", "write an offset in its place"),
        ("at,pm2_5\nsooner,1\nlater,2\n", "can be read as a time"),
        ("at,pm2_5\ninf,1\n1e300,2\n", "can be read as a time"),
    ],
)
def test_a_table_without_times_or_values_is_told_in_one_sentence(tmp_path, text, sentence):
    path = tmp_path / "poor.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=sentence):
        read(path)


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(ValueError, match=r" cannot be read: Is a directory\."):
        read(tmp_path)


def test_rows_that_end_in_a_comma_keep_their_columns(tmp_path):
    frame = air(1, columns=("pm2_5",))
    lines = frame.to_csv().splitlines()
    path = tmp_path / "air.csv"
    path.write_text("\n".join([lines[0], *(f"{line}," for line in lines[1:])]))
    assert read(path).pm2_5.tolist() == pytest.approx(frame.pm2_5.tolist())


def test_an_empty_column_and_the_numbers_of_the_rows_are_no_companions(tmp_path):
    frame = air(1, columns=("pm2_5", "pm10"))
    path = tmp_path / "air.csv"
    frame.reset_index().assign(no=float("nan"), note="ok").to_csv(path)
    loaded = read_csv(path, "at", "pm2_5", HOUR, neighbours=[], alone=False)
    assert list(loaded.frame) == ["pm2_5", "pm10"]


@pytest.mark.parametrize("own", ["pm2_5", "at"])
def test_a_series_is_no_neighbour_of_itself(tmp_path, own):
    path = tmp_path / "air.csv"
    air(1, columns=("pm2_5",)).to_csv(path)
    with pytest.raises(ValueError, match=f"--neighbours names '{own}'"):
        read_csv(path, "at", "pm2_5", HOUR, neighbours=[own], alone=False)


@pytest.mark.parametrize(
    ("seconds", "freq"), [(30, "30s"), (90, "90s"), (300, "5min"), (3601, "1h"), (5400, "90min"), (10800, "3h")]
)
def test_the_interval_that_is_proposed_can_be_given(seconds, freq):
    at = pd.date_range("2024-01-01", periods=50, freq=f"{seconds}s", tz="UTC")
    with pytest.raises(ValueError, match=f"give --freq {freq}\\.$"):
        check_interval(at, timedelta(seconds=1))
    assert interval_of(freq) > timedelta(0)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda air: air.sample(frac=1, random_state=1), "not in order of time"),
        (lambda air: pd.concat([air, air.iloc[:9]]).sort_index(), "repeat the time of another: 9"),
        (lambda air: air.assign(pm2_5=air.pm2_5.where(air.pm2_5.index.hour != 3)), "no number: 60 of 1440"),
        (lambda air: air.assign(pm2_5=air.pm2_5.where(air.index != air.index[700], 1e300)), "always a fault"),
        (lambda air: pd.concat([air, air.iloc[-1:].shift(24 * 20, "h")]), "The longest gap is 20 days"),
        (lambda air: air.resample("20min").nearest(), "the first row of each counts"),
    ],
)
def test_what_is_odd_about_a_file_is_said_and_made_even(tmp_path, spoil, sentence):
    """Whatever is done to them, hours that were sent are read as they were."""
    clean = air(60, columns=("pm2_5",))
    loaded = load(written(spoil(clean), tmp_path))
    assert sentence in " ".join(loaded.remarks)
    assert set(loaded.frame.index.diff().dropna()) == {pd.Timedelta(HOUR)}
    sent = loaded.frame.pm2_5.dropna().loc[: clean.index[-1]]
    assert sent.tolist() == pytest.approx(clean.pm2_5[sent.index].tolist())


def test_readings_rarer_than_the_interval_are_told_to_need_another(tmp_path):
    path = written(air(60, columns=("pm2_5",)).iloc[::3], tmp_path)
    with pytest.raises(ValueError, match="give --freq 3h"):
        load(path)
    assert load(path, 3 * HOUR).remarks == []


def test_times_may_be_seconds_since_1970(tmp_path):
    frame = air(40, columns=("pm2_5",))
    counted = frame.set_axis(pd.Index(frame.index.as_unit("s").asi8, name="at"))
    assert read(written(counted, tmp_path)).index.equals(frame.index)
