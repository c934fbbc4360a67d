"""A station beside the others of its city."""

import numpy as np

from detection.drift.network import apart

DAY, REFERENCE, N = 24, 60 * 24, 75 * 24


def weather(seed: int = 0) -> np.ndarray:
    steps = np.random.default_rng(seed).normal(0, 0.1, N)
    return 80 * np.exp(np.cumsum(steps) / 3)


def station(air: np.ndarray, seed: int) -> np.ndarray:
    return air * np.exp(np.random.default_rng(seed).normal(0.2, 0.3, N))


def after(values: np.ndarray, factor: float) -> np.ndarray:
    return np.where(np.arange(N) >= REFERENCE, factor * values, values)


def test_a_station_that_leaves_its_neighbours_is_seen_with_its_factor():
    air = weather()
    found = apart(after(station(air, 1), 1.6), [station(air, seed) for seed in (2, 3, 4)], REFERENCE, DAY)
    assert found.strength > 1
    assert np.isclose(np.exp(found.size), 1.6, rtol=0.1)


def test_weather_moves_all_and_is_none():
    air = after(weather(), 3.0)
    found = apart(station(air, 1), [station(air, seed) for seed in (2, 3, 4)], REFERENCE, DAY)
    assert found.strength < 0.5


def test_a_neighbour_that_moves_is_not_our_change():
    air = weather()
    others = [after(station(air, 2), 2.0), station(air, 3), station(air, 4)]
    assert apart(station(air, 1), others, REFERENCE, DAY).strength < 0.5


def test_one_neighbour_cannot_say_who_moved():
    air = weather()
    assert apart(after(station(air, 1), 1.6), [station(air, 2)], REFERENCE, DAY) is None


def test_neighbours_that_came_lately_or_are_silent_now_do_not_count():
    air = weather()
    late, silent = station(air, 2), station(air, 3)
    late[: REFERENCE - 10 * DAY] = np.nan
    silent[REFERENCE:] = np.nan
    assert apart(after(station(air, 1), 1.6), [late, silent, station(air, 4)], REFERENCE, DAY) is None


def test_zeros_say_nothing():
    air = weather()
    values = after(station(air, 1), 0.0)
    assert apart(values, [station(air, 2), station(air, 3)], REFERENCE, DAY) is None
