"""What is tested and counted: which months, what is left out of them, and that figures are what they are called."""

import json
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from detection.evaluation.bands import rounded
from detection.evaluation.command import as_text, run
from detection.evaluation.matching import together
from detection.evaluation.protocol import RATES, Trial, best_found, splits
from tests.detection.frames import air

HOURS = timedelta(hours=1)


def _report(frame, tmp_path, windows, **changes):
    (tmp_path / "windows.json").write_text(json.dumps([[str(start), str(end)] for start, end in windows]))
    frame.to_csv(tmp_path / "air.csv")
    usual = {
        "csv": tmp_path / "air.csv", "time": "at", "value": "pm2_5", "freq": "1h", "zone": "Asia/Karachi",
        "neighbours": "", "alone": False, "inject": 1, "events": 5, "splits": 4, "detectors": "one_step,all together",
        "windows": tmp_path / "windows.json",
    }  # fmt: skip
    return run(usual | changes)


@pytest.mark.parametrize("hours", [303, 24 * 80, 17_000])
def test_a_short_history_is_split_once_whatever_its_length(hours):
    assert len(splits(pd.date_range("2021-01-01", periods=hours, freq="h", tz="UTC"), 4)) == 1


def test_one_split_of_a_long_history_is_the_newest():
    long = pd.date_range("2021-01-01", "2024-06-01", freq="h", tz="UTC")
    assert splits(long, 1) == splits(long, 4)[-1:]
    assert splits(long, 1)[0].end == long[-1]


def test_alarms_in_labelled_windows_are_no_false_ones(tmp_path):
    """The rate that came, and the comparison, are of the months without events: the labelled ones are left out."""
    frame = air(60, columns=("pm2_5",))
    windows = [(start, start + 5 * HOURS) for start in (frame.index[-24 * days] for days in (12, 9, 6, 3))]
    for start, end in windows:
        frame.loc[start:end] *= 6
    report = _report(frame, tmp_path, windows)
    for row, flagged in zip(report["detectors"], report["comparison"], strict=True):
        loose, weeks = row["at_1.0_a_week"], 15 / 7
        assert loose["recall"] == 1
        assert row["realised_a_week"]["1.0"] == pytest.approx(loose["false_alarms_a_week"], abs=0.1)
        assert flagged["anomalies"] <= 3 * loose["false_alarms_a_week"] * weeks
    assert max(row["held_a_week"]["0.25"] for row in report["detectors"][1:]) <= 1 / weeks + 0.01


def test_the_newest_labels_of_a_long_history_are_judged_and_the_others_named(tmp_path):
    frame = air(900, columns=("pm2_5",), interval=6 * HOURS)
    windows = [(start, start + 12 * HOURS) for start in (frame.index[-4 * days] for days in (600, 100, 50))]
    report = _report(frame, tmp_path, windows, freq="6h", detectors="one_step")
    assert report["detectors"][0]["at_0.25_a_week"]["events"] == 2
    assert report["series"]["tests"] == ["2024-12-18 to 2025-06-18"]
    assert "Tested: 2024-12-18 to 2025-06-18; 2 of 3 windows lie there, no other counts." in as_text(report)


class _Steps:
    """The size of the step from the reading before."""

    def fit(self, frame):
        return self

    def score(self, frame):
        return frame.pm2_5.diff().abs().to_numpy()


def test_no_threshold_fixed_beforehand_is_better_than_the_best_in_hindsight():
    frame = air(60, columns=("pm2_5",), interval=timedelta(minutes=5))
    rounds = Trial(_Steps, frame, "pm2_5", splits(frame.index, 1)[0]).rounds(20, 3)
    found = {rate: together([one.found[rate] for one in rounds]).f1 for rate in RATES}
    assert len(rounds) > 5
    assert best_found(rounds).f1 >= max(found.values()) > 0
    highest = np.unique(np.concatenate([one.scores for one in rounds]))[-1000:-1:20]
    assert best_found(rounds).f1 >= 0.95 * max(together([one.found_at(at) for one in rounds]).f1 for at in highest)


def test_small_figures_are_told_in_digits_and_not_as_zeros():
    figures = [0.94631, 123.45678, 0.000012344, 0.0, float("nan")]
    assert [rounded(value) for value in figures] == [0.9463, 123.4568, 0.00001234, 0.0, None]
