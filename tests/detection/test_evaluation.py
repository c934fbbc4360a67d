"""Counting alarms against events, ranking without a threshold, judging bands, comparing flags."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from detection.detectors import create
from detection.detectors.injection import Event
from detection.evaluation.bands import quality, winkler
from detection.evaluation.baselines import BlindScorer, RandomScorer
from detection.evaluation.command import as_text, run
from detection.evaluation.files import read_windows
from detection.evaluation.matching import match
from detection.evaluation.protocol import Trial, splits
from detection.evaluation.report import forecast_rows
from detection.evaluation.vus import vus_pr
from tests.detection.frames import air

EVENTS = [Event("shift", 100, 130), Event("spike_up", 200, 202)]


def _alarms(*places):
    alarms = np.zeros(400, dtype=bool)
    alarms[list(places)] = True
    return alarms


def test_an_alarm_inside_an_event_finds_it_and_tells_the_delay():
    found = match(_alarms(105, 201), EVENTS)
    assert found.hits == 2
    assert found.delays.tolist() == [5.0, 1.0]
    assert found.f1 == 1.0


def test_an_alarm_outside_is_false():
    found = match(_alarms(105, 300), EVENTS)
    assert (found.hits, found.false_alarms) == (1, 1)
    assert found.precision == found.recall == 0.5


def test_an_alarm_within_six_hours_after_an_event_is_forgiven():
    assert match(_alarms(135), EVENTS).false_alarms == 0
    assert match(_alarms(136), EVENTS).false_alarms == 1


def test_nothing_found_is_zero_and_no_error():
    found = match(_alarms(), EVENTS)
    assert found.f1 == found.precision == found.recall == 0.0
    assert found.by_kind() == {"shift": (0, 1), "spike_up": (0, 1)}


def test_perfect_scores_fill_the_volume_and_random_ones_a_share_like_the_events():
    truth = np.zeros(400)
    truth[100:130] = truth[200:202] = 1
    assert vus_pr(truth, EVENTS) > 0.9
    assert vus_pr(np.random.default_rng(0).random(400), EVENTS) < 0.2


def test_scores_that_are_all_alike_rank_nothing():
    assert vus_pr(np.zeros(400), EVENTS) < 0.2


def test_the_winkler_score_is_the_width_plus_forty_times_the_miss():
    scores = winkler(np.array([5.0, 12.0]), np.array([0.0, 0.0]), np.array([10.0, 10.0]))
    assert scores.tolist() == pytest.approx([10.0, 10.0 + 40 * 2.0])


def test_coverage_and_its_worst_week():
    values = np.zeros(336)
    values[:100] = 5.0
    found = quality("x", values, np.full(336, -1.0), np.ones(336), per_week=168)
    assert found.coverage == pytest.approx(236 / 336)
    assert found.worst_week == pytest.approx(68 / 168)


def test_a_long_history_is_split_into_years_and_a_short_one_in_proportion():
    long = pd.date_range("2021-01-01", "2024-06-01", freq="h", tz="UTC")
    assert len(splits(long, 4)) == 4
    assert splits(long, 4)[-1].end <= long[-1]
    short = splits(long[: 24 * 80], 4)
    assert len(short) == 1
    assert abs(short[0].calibrate - short[0].start - timedelta(days=40)) < timedelta(days=1)


@pytest.mark.parametrize("scorer", [RandomScorer, BlindScorer])
def test_scorers_that_know_nothing_find_next_to_nothing(scorer):
    frame = air(240, columns=("pm2_5",))
    trial = Trial(scorer, frame, "pm2_5", splits(frame.index, 1)[0])
    assert trial.test(8, 1).found[0.25].f1 < 0.4


def test_the_learned_detector_beats_the_common_choice():
    frame = air(240, columns=("pm2_5",))
    part = splits(frame.index, 1)[0]
    f1 = {}
    for kind in ("learned", "forest_residual"):
        trial = Trial(lambda kind=kind: create(kind, "pm2_5"), frame, "pm2_5", part)
        f1[kind] = np.mean([trial.test(6, seed).found[0.25].f1 for seed in (1, 2)])
    assert f1["learned"] > 0.5
    assert f1["learned"] > 2 * f1["forest_residual"]


@pytest.fixture
def csv(tmp_path) -> Path:
    path = tmp_path / "air.csv"
    air(60).to_csv(path)
    return path


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


def test_labelled_windows_take_the_place_of_injected_events(csv, tmp_path):
    windows = tmp_path / "windows.json"
    windows.write_text(json.dumps([["2023-02-20 00:00", "2023-02-20 12:00"]]))
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


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("at,pm2_5\n", "no row below"),
        ("at,pm2_5\n2024-01-01,5\n", "one usable value"),
        ("at,pm2_5\n2024-01-01 00:00,\n2024-01-01 01:00,\n", "no usable value"),
        ("at,pm2_5\n01.02.2024,1\n02.02.2024,2\n", "two different days"),
        ("at,pm2_5\n2024-10-20 01:00 PKT,1\n2024-10-20 02:00 PKT,2\n", "write an offset in its place"),
        ("at,pm2_5\nsooner,1\nlater,2\n", "can be read as a time"),
        ("at,pm2_5\ninf,1\n1e300,2\n", "can be read as a time"),
        ("at,pm2_5\n2024-01-01 00:00,1\n2024-01-01 01:00,2\n", "at least 12"),
        ("at,pm2_5\n2024-01-01 00:00,7\n2024-01-01 01:00,7\n", "always 7"),
    ],
)
def test_a_poor_file_is_told_in_one_sentence(tmp_path, text, sentence):
    path = tmp_path / "poor.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=sentence):
        run(_options(path))


def _report_of(frame, tmp_path, **changes):
    path = tmp_path / "file.csv"
    frame.to_csv(path)
    return run(_options(path, detectors="one_step,flatline", **changes))


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda air: air.sample(frac=1, random_state=1), "not in order of time"),
        (lambda air: pd.concat([air, air.iloc[:9]]).sort_index(), "repeat the time of another: 9"),
        (lambda air: air.assign(pm2_5=air.pm2_5.where(air.pm2_5.index.hour != 3)), "no number: 60 of 1440"),
        (lambda air: air.assign(pm2_5=air.pm2_5.where(air.index != air.index[700], 1e300)), "always a fault"),
        (lambda air: pd.concat([air, air.iloc[-1:].shift(24 * 20, "h")]), "The longest gap is 20 days"),
        (lambda air: air.resample("20min").ffill(), "the first row of each counts"),
    ],
)
def test_what_is_odd_about_a_file_is_said_before_the_figures(tmp_path, spoil, sentence):
    report = _report_of(spoil(air(60, columns=("pm2_5",))), tmp_path)
    assert sentence in " ".join(report["remarks"])
    assert as_text(report).startswith(report["remarks"][0])


def test_readings_rarer_than_the_interval_are_told_to_need_another(tmp_path):
    with pytest.raises(ValueError, match="give --freq 3h"):
        _report_of(air(60, columns=("pm2_5",)).iloc[::3], tmp_path)
    assert _report_of(air(60, columns=("pm2_5",)).iloc[::3], tmp_path, freq="3h")["remarks"] == []


def test_a_gap_of_months_is_no_time_to_learn_or_to_count(tmp_path):
    frame = air(300, columns=("pm2_5",))
    report = _report_of(pd.concat([frame.iloc[: 24 * 60], frame.iloc[24 * 240 :]]), tmp_path)
    assert report["remarks"] == ["The longest gap is 180 days; nothing is put in or counted there."]
    one_step = report["detectors"][0]["at_0.25_a_week"]
    assert one_step["events"] >= 4
    assert one_step["recall"] > 0


def test_times_may_be_seconds_since_1970(tmp_path):
    frame = air(40, columns=("pm2_5",))
    counted = frame.set_axis(pd.Index(frame.index.asi8 // 10**9, name="at"))
    assert _report_of(counted, tmp_path)["bands"] == _report_of(frame, tmp_path)["bands"]


def test_a_file_that_stops_changing_gets_figures_and_no_division_by_nothing(tmp_path):
    frame = air(150, columns=("pm2_5",))
    frame.iloc[24 * 75 :] = 9.0
    json.dumps(_report_of(frame, tmp_path), allow_nan=False)


def test_a_short_test_is_repeated_until_so_many_events_were_put_in(tmp_path):
    assert (
        _report_of(air(120, columns=("pm2_5",)), tmp_path, events=20)["detectors"][0]["at_0.25_a_week"]["events"] > 12
    )


@pytest.mark.parametrize("window", [["2023-02-20 12:00", "2023-02-20 00:00"], ["2023-02-20 00:00", None]])
def test_a_window_that_ends_before_it_begins_is_no_event_that_nobody_finds(csv, tmp_path, window):
    windows = tmp_path / "windows.json"
    windows.write_text(json.dumps([window]))
    with pytest.raises(ValueError, match="in this order"):
        run(_options(csv, windows=windows))


def test_a_window_between_two_readings_holds_the_nearer_one(csv, tmp_path):
    windows = tmp_path / "windows.json"
    windows.write_text(json.dumps([["2023-02-20 00:40", "2023-02-20 00:50"]]))
    [event] = read_windows(windows, air(60).index, "air.csv")
    assert air(60).index[event.start : event.end].tolist() == [pd.Timestamp("2023-02-20 01:00", tz="UTC")]
    assert run(_options(csv, windows=windows))["detectors"][0]["at_0.25_a_week"]["events"] == 1


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
