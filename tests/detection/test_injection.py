"""Labelled events."""

from itertools import pairwise

import numpy as np
import pytest

from detection.timeseries.injection import APART, RECIPES, Plan, inject, labels

DAYS = 182
CLEAN = 100 + 20 * np.sin(np.arange(DAYS * 24) / 24 * 2 * np.pi) + np.random.default_rng(0).normal(0, 1, DAYS * 24)


def test_the_same_seed_gives_the_same_events():
    first, second = inject(CLEAN, 17, 5), inject(CLEAN, 17, 5)
    np.testing.assert_array_equal(first[0], second[0])
    assert first[1] == second[1]


def test_other_seeds_give_other_events():
    assert inject(CLEAN, 17, 5)[1] != inject(CLEAN, 17, 6)[1]


def test_events_are_in_order_and_well_apart():
    events = inject(CLEAN, 17, 1)[1]
    gaps = [later.start - earlier.end for earlier, later in pairwise(events)]
    assert min(gaps) >= APART


def test_nothing_changes_outside_the_events():
    spoilt, events = inject(CLEAN, 17, 2)
    outside = ~labels(events, len(CLEAN))
    np.testing.assert_array_equal(spoilt[outside], CLEAN[outside])


def test_the_series_itself_is_left_alone():
    before = CLEAN.copy()
    inject(CLEAN, 17, 3)
    np.testing.assert_array_equal(CLEAN, before)


@pytest.mark.parametrize("kind", RECIPES)
def test_each_kind_lasts_as_long_as_it_should_and_changes_the_values(kind):
    spoilt, events = inject(CLEAN, 3, 4, Plan(kinds=(kind,)))
    low, high = RECIPES[kind].hours
    assert events
    for event in events:
        assert low - 1 <= event.end - event.start <= high + 1
        assert (spoilt[event.start : event.end] != CLEAN[event.start : event.end]).any()


def test_a_missing_reading_stays_missing_inside_an_event():
    holes = CLEAN.copy()
    holes[::7] = np.nan
    assert np.isnan(inject(holes, 17, 1)[0][::7]).all()


def test_a_series_without_room_gets_no_event():
    assert inject(CLEAN[:2], 5, 1, Plan(kinds=("drift",)))[1] == []
