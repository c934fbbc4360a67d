"""Scoring a CSV file: what is read, what is refused, what is written."""

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from detection.streaming.table import TableError, most_unusual, read_table, remarks


def write(path: Path, rows: list[str], header: str = "when,what") -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def hourly(values: list[object]) -> list[str]:
    return [f"2025-01-{1 + row // 24:02d} {row % 24:02d}:00:00,{value}" for row, value in enumerate(values)]


def score(path: Path, out: Path, *options: str) -> list[dict[str, str]]:
    call_command("score_csv", str(path), "--time", "when", "--value", "what", "--out", str(out), *options)
    with out.open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_it_writes_one_score_per_row_in_the_files_order(tmp_path: Path) -> None:
    lines = hourly([row % 24 for row in range(200)])
    lines[50], lines[90] = lines[90], lines[50]
    lines.insert(120, lines[119])
    rows = score(write(tmp_path / "in.csv", lines), tmp_path / "out.csv")
    assert [f"{row['when']},{row['what']}" for row in rows] == lines
    assert all(0 <= float(row["anomaly_score"]) <= 1 for row in rows)


def test_the_probation_changes_what_is_shown_and_no_score(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    values = np.random.default_rng(5).normal(20, 1, 700).round(2).tolist()
    values[550] = 90.0
    path = write(tmp_path / "in.csv", hourly_dates(values))
    with_it = score(path, tmp_path / "a.csv", "--probation", "0.15")
    shown = capsys.readouterr().out
    assert score(path, tmp_path / "b.csv", "--probation", "0.9") == with_it
    assert with_it[550]["when"] in shown
    assert with_it[550]["when"] not in capsys.readouterr().out


def hourly_dates(values: list[float]) -> list[str]:
    return [f"{1_700_000_000 + 3600 * row},{value}" for row, value in enumerate(values)]


def test_it_reads_a_compressed_file(tmp_path: Path) -> None:
    path = tmp_path / "in.csv.gz"
    path.write_bytes(gzip.compress(b"when,what\n2025-01-01T00:00:00Z,1\n2025-01-01T01:00:00+00:00,2\n"))
    assert read_table(path, "when", "what").seconds.tolist() == [1735689600.0, 1735693200.0]


def test_rows_that_end_in_a_comma_are_read(tmp_path: Path) -> None:
    path = write(tmp_path / "in.csv", ["2025-01-01,1,", "2025-01-02,2,,"])
    assert read_table(path, "when", "what").values.tolist() == [1.0, 2.0]


def test_bare_numbers_are_seconds_or_milliseconds(tmp_path: Path) -> None:
    path = write(tmp_path / "in.csv", ["1735689600,1", "1735689600000,2"])
    assert read_table(path, "when", "what").seconds.tolist() == [1735689600.0, 1735689600.0]


def test_seconds_of_which_some_look_like_a_date_stay_seconds(tmp_path: Path) -> None:
    """2030-03-17: the first could be 1900-01-01 23 o'clock, the next one is no date."""
    path = write(tmp_path / "in.csv", ["1900010123,1", "1900013723,2"])
    assert read_table(path, "when", "what").seconds.tolist() == [1900010123.0, 1900013723.0]


def test_a_clock_that_begins_at_zero_is_seconds(tmp_path: Path) -> None:
    path = write(tmp_path / "in.csv", ["0,1", "40000,2"])
    assert read_table(path, "when", "what").seconds.tolist() == [0.0, 40000.0]


@pytest.mark.parametrize(
    ("rows", "header", "sentence"),
    [
        ([], "", "is empty"),
        ([], "when,what", "has no row"),
        (["2025-01-01,1"], "when,what", "has one row"),
        (["2025-01-01,1"], "when,other", "has no column 'what'; it has: when, other"),
        (["2025-01-01,1", "yesterday,2"], "when,what", "Row 2: 'yesterday' is no time"),
        (["20250131,1", "20250201,2"], "when,what", "20250131 in the column 'when' may be a date or seconds since"),
        (["2025013123,1", "2025020100,2"], "when,what", "2025013123 in the column 'when' may be a date"),
        (["45688.5,1", "45688.541667,2"], "when,what", "45688.5 in the column 'when' may be a date or seconds since"),
        (["1738281600000000,1", "1738285200000000,2"], "when,what", "Row 1: '1738281600000000' is no time"),
        (["2025-01-01;1,5", "2025-01-02;2,5"], "when;What, µg", "parts its columns with semicolons: save it"),
        (["2025-01-01,1,2", "2025-01-02,2,3"], "when,what,what", "has several columns 'what': give each a name of its"),
        (["2025-01-01;1,5", "2025-01-02;2,5"], "when;what", "parts its columns with semicolons: save it with commas"),
        (["2025-01-01\t1"], "when\twhat", "parts its columns with tabs"),
        (['2025-01-01,"12,5"', '2025-01-02,"13,1"'], "when,what", "begins with '12,5', write numbers like 12.5"),
        (["2025-01-01,12,5", "2025-01-02,13,1"], "when,what", "Line 2 of .* has 3 fields and not 2: put quotes around"),
        (["2025-01-01,", "2025-01-02,NaN", "2025-01-03,x"], "when,what", "no number in any of its 3 rows"),
    ],
)
def test_it_says_in_one_sentence_what_is_missing(tmp_path: Path, rows: list[str], header: str, sentence: str) -> None:
    path = tmp_path / "in.csv"
    path.write_text("\n".join([header, *rows]) + "\n" if header else "")
    with pytest.raises(CommandError, match=sentence):
        score(path, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_a_missing_a_binary_and_a_broken_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00\x01")
    (tmp_path / "broken.csv.gz").write_bytes(b"no gzip")
    (tmp_path / "hurt.csv.gz").write_bytes(gzip.compress(b"when,what\n")[:10] + b"\xff" * 30)
    with pytest.raises(TableError, match="is no text in UTF-8: save the table as CSV in UTF-8"):
        read_table(tmp_path / "binary.csv", "when", "what")
    for name in ("broken.csv.gz", "hurt.csv.gz"):
        with pytest.raises(TableError, match="cannot be read"):
            read_table(tmp_path / name, "when", "what")
    with pytest.raises(TableError, match="There is no file"):
        read_table(tmp_path / "missing.csv", "when", "what")


def test_an_impossible_probation_or_output_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "in.csv", hourly([1, 2, 3]))
    with pytest.raises(CommandError, match="share of the rows"):
        score(path, tmp_path / "out.csv", "--probation", "1.5")
    before = path.read_text()
    with pytest.raises(CommandError, match="is the file itself"):
        score(path, path.parent / "." / "in.csv")
    assert path.read_text() == before
    with pytest.raises(CommandError, match="cannot be written"):
        score(path, tmp_path / "nowhere" / "out.csv")


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (hourly([5] * 200), "never changes"),
        (hourly([1, "", 3]), "no number: 1 of 3"),
        (hourly([1, "1e300", 3]), "Values beyond ±1e"),
        (hourly([1, 2, 3])[::-1], "go back in time: 2"),
        (hourly([1, 2, 3]) + hourly([1, 2, 3])[2:], "repeat the time of another: 1"),
        ([*hourly([1, 2, 3]), "2025-06-01,4"], "longest gap"),
        (hourly([1, 2, 3]), "Only 3 rows"),
    ],
)
def test_it_remarks_on_doubtful_data_and_scores_it(tmp_path: Path, lines: list[str], sentence: str) -> None:
    path = write(tmp_path / "in.csv", lines)
    assert any(sentence in remark for remark in remarks(read_table(path, "when", "what")))
    assert len(score(path, tmp_path / "out.csv")) == len(lines)


def test_clean_data_earns_no_remark(tmp_path: Path) -> None:
    path = write(tmp_path / "in.csv", hourly([row % 5 for row in range(300)]))
    assert remarks(read_table(path, "when", "what")) == []


def test_the_most_unusual_rows_leave_out_probation_and_zeros() -> None:
    assert most_unusual(np.array([0.9, 0.0, 0.2, 0.5]), 0.25, 5) == [3, 2]


@pytest.mark.shared_data
def test_a_clock_step_back_costs_no_row(shared_data: Path) -> None:
    path = shared_data / "nab" / "realKnownCause" / "machine_temperature_system_failure.csv.gz"
    table = read_table(path, "timestamp", "value")
    assert len(table.values) == 22695
    assert any("another: 12" in remark for remark in remarks(table))
