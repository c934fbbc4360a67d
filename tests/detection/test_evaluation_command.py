"""The command that evaluates a file: what it asks for, what it reports, and how it judges labelled windows."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from detection.evaluation.command import as_text, run
from detection.evaluation.files import read_windows
from detection.evaluation.report import forecast_rows
from tests.detection.frames import HOUR, air


@pytest.fixture
def csv(tmp_path) -> Path:
    path = tmp_path / "air.csv"
    air(60).to_csv(path)
    return path


@pytest.fixture
def labels(tmp_path):
    """`labels(*windows)` writes them down, each [start, end]."""

    def write(*windows) -> Path:
        path = tmp_path / "windows.json"
        path.write_text(json.dumps(windows, default=str))
        return path

    return write


def _options(path, **changes):
    usual = {
        "csv": path, "time": "at", "value": "pm2_5", "freq": "1h", "zone": "Asia/Karachi", "neighbours": "",
        "alone": False, "inject": 1, "events": 5, "splits": 1, "windows": None, "detectors": "one_step,random,flatline",
    }  # fmt: skip
    return usual | changes


def test_a_report_holds_every_asked_detector_the_bands_and_the_comparison(csv):
    report = run(_options(csv))
    assert [row["detector"] for row in report["detectors"]] == ["one_step", "random", "flatline"]
    assert {band["band"] for band in report["bands"]} >= {"one_step", "prophet_raw"}
    assert len(report["comparison"]) == 3
    json.dumps(report, allow_nan=False)
    assert "one_step" in as_text(report)


def test_the_whole_ensemble_also_tells_the_rate_that_is_held_as_in_the_service(csv):
    report = run(_options(csv, detectors="all together,one_step"))
    together, single = report["detectors"]
    assert 0 <= together["held_a_week"]["0.25"] <= together["held_a_week"]["1.0"]
    assert single["held_a_week"] is None
    assert "held .25" in as_text(report)


def test_a_detector_that_needs_others_is_skipped_with_a_sentence(csv):
    report = run(_options(csv, detectors="companions", alone=True))
    assert "No usable readings" in report["detectors"][0]["skipped"]
    assert "skipped" in as_text(report)


def test_the_other_columns_that_are_used_are_named(tmp_path):
    """One of them may be the labels, and tell the detectors what they are to find."""
    path = tmp_path / "air.csv"
    air(60, columns=("pm2_5", "no2", "near")).assign(place="here", is_event=0).to_csv(path)
    changes = {"detectors": "random", "neighbours": "near"}
    found = run(_options(path, **changes))["remarks"]
    assert found == ["Used beside it, as what was measured at the same place: no2, is_event; --alone leaves them out."]
    assert run(_options(path, alone=True, **changes))["remarks"] == []


def test_labelled_windows_take_the_place_of_injected_events(csv, labels):
    windows = labels(["2023-02-20 00:00", "2023-02-20 12:00"])
    found = run(_options(csv, windows=windows))["detectors"][0]["at_0.25_a_week"]
    assert found["events"] == 1
    assert "window" in found["found"]


@pytest.mark.parametrize("text", ["[]", '{"air.csv": []}'])
def test_windows_of_nothing_put_no_events_in_silently(csv, tmp_path, text):
    windows = tmp_path / "windows.json"
    windows.write_text(text)
    with pytest.raises(ValueError, match=r"windows.json holds no window"):
        run(_options(csv, windows=windows))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"value": "pm1"}, "no column 'pm1'"),
        ({"freq": "soon"}, "no interval"),
        ({"freq": "0h"}, "longer than nothing"),
        ({"freq": "nan"}, "'nan' is no interval"),
        ({"splits": 0}, "--splits must be at least 1, not 0"),
        ({"events": 0}, "--events must be at least 1, not 0"),
        ({"events": 100_000}, "--events must be at most 91, not 100000: they lie 48 hours apart"),
        ({"inject": -1}, "--inject must be at least 0, not -1"),
        ({"detectors": "oracle"}, "no detector 'oracle'"),
        ({"detectors": ""}, "no detector ''"),
        ({"detectors": " , "}, "no detector ' , '"),
        ({"csv": Path("nowhere.csv")}, "There is no file"),
        ({"zone": "Mars/Olympus"}, "no time zone"),
    ],
)
def test_a_mistake_in_the_options_is_told_in_one_sentence(csv, change, sentence):
    with pytest.raises(ValueError, match=sentence):
        run(_options(csv) | change)


def _report_of(frame, tmp_path, detectors="one_step,flatline", **changes):
    path = tmp_path / "file.csv"
    frame.to_csv(path)
    return run(_options(path, detectors=detectors, **changes))


def test_a_gap_of_months_is_no_time_to_learn_or_to_count(tmp_path):
    frame = air(300, columns=("pm2_5",))
    report = _report_of(pd.concat([frame.iloc[: 24 * 60], frame.iloc[24 * 240 :]]), tmp_path)
    assert report["remarks"] == ["The longest gap is 180 days; nothing is put in or counted there."]
    assert as_text(report).startswith(report["remarks"][0])
    one_step = report["detectors"][0]["at_0.25_a_week"]
    assert one_step["events"] >= 4
    assert one_step["recall"] > 0


@pytest.mark.parametrize(("values", "sentence"), [([1, 2], "at least 12"), ([7, 7], "always 7")])
def test_a_history_that_is_short_or_never_changes_is_told_in_one_sentence(tmp_path, values, sentence):
    with pytest.raises(ValueError, match=sentence):
        _report_of(air(1, columns=("pm2_5",)).iloc[:2].assign(pm2_5=values), tmp_path)


def test_a_file_that_stops_changing_gets_figures_and_no_division_by_nothing(tmp_path):
    frame = air(150, columns=("pm2_5",))
    frame.iloc[24 * 75 :] = 9.0
    json.dumps(_report_of(frame, tmp_path), allow_nan=False)


def test_a_short_test_is_repeated_until_so_many_events_were_put_in(tmp_path):
    assert (
        _report_of(air(120, columns=("pm2_5",)), tmp_path, events=20)["detectors"][0]["at_0.25_a_week"]["events"] > 12
    )


@pytest.mark.parametrize("window", [["2023-02-20 12:00", "2023-02-20 00:00"], ["2023-02-20 00:00", None]])
def test_a_window_that_ends_before_it_begins_is_no_event_that_nobody_finds(csv, labels, window):
    with pytest.raises(ValueError, match="in this order"):
        run(_options(csv, windows=labels(window)))


def test_a_window_between_two_readings_holds_the_nearer_one(csv, labels):
    windows = labels(["2023-02-20 00:40", "2023-02-20 00:50"])
    [event] = read_windows(windows, air(60).index, "air.csv")
    assert air(60).index[event.start : event.end].tolist() == [pd.Timestamp("2023-02-20 01:00", tz="UTC")]
    assert run(_options(csv, windows=windows))["detectors"][0]["at_0.25_a_week"]["events"] == 1


def test_alarms_in_labelled_windows_are_no_false_ones(tmp_path, labels):
    """The rate that came, and the comparison, are of the months without events: the labelled ones are left out."""
    frame = air(60, columns=("pm2_5",))
    windows = [(start, start + 5 * HOUR) for start in (frame.index[-24 * days] for days in (12, 9, 6, 3))]
    for start, end in windows:
        frame.loc[start:end] *= 6
    report = _report_of(frame, tmp_path, "one_step,all together", windows=labels(*windows))
    for row, flagged in zip(report["detectors"], report["comparison"], strict=True):
        loose, weeks = row["at_1.0_a_week"], 15 / 7
        assert loose["recall"] == 1
        assert row["realised_a_week"]["1.0"] == pytest.approx(loose["false_alarms_a_week"], abs=0.1)
        assert flagged["anomalies"] <= 3 * loose["false_alarms_a_week"] * weeks
    assert max(row["held_a_week"]["0.25"] for row in report["detectors"][1:]) <= 1 / weeks + 0.01


def test_the_newest_labels_of_a_long_history_are_judged_and_the_others_named(tmp_path, labels):
    frame = air(900, columns=("pm2_5",), interval=6 * HOUR)
    windows = [(start, start + 12 * HOUR) for start in (frame.index[-4 * days] for days in (600, 100, 50))]
    report = _report_of(frame, tmp_path, "one_step", freq="6h", windows=labels(*windows))
    assert report["detectors"][0]["at_0.25_a_week"]["events"] == 2
    assert report["series"]["tests"] == ["2024-12-18 to 2025-06-18"]
    assert "Tested: 2024-12-18 to 2025-06-18; 2 of 3 windows lie there, no other counts." in as_text(report)


def test_windows_of_many_files_are_looked_up_by_name(csv, tmp_path):
    windows = tmp_path / "combined.json"
    windows.write_text(json.dumps({"x/other.csv": [], "x/air.csv": [["2023-02-20 00:00", "2023-02-20 12:00"]]}))
    assert run(_options(csv, windows=windows))["detectors"][0]["at_0.25_a_week"]["events"] == 1
    windows.write_text(json.dumps({"x/other.csv": [], "x/third.csv": []}))
    with pytest.raises(ValueError, match=r"none is called air\.csv"):
        run(_options(csv, windows=windows))


def test_the_command_ends_with_a_sentence_and_no_traceback(tmp_path):
    command = [sys.executable, "-m", "detection.evaluation", "--csv", "nowhere.csv", "--time", "t", "--value", "v"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr.strip() == "There is no file nowhere.csv."


def test_the_command_leaves_other_programs_their_cores():
    environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    asked = """
import detection.evaluation.__main__, sklearn.ensemble, threadpoolctl
print({pool["num_threads"] for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "openmp"})
"""
    done = subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "{1}"


def test_no_single_hour_is_told_of_where_a_reading_comes_each_day():
    rows = forecast_rows(air(150, interval=timedelta(days=1), columns=("pm2_5",)), "pm2_5", "Asia/Karachi")
    assert [row["ahead"] for row in rows] == ["2-24 h", "25-72 h"]
