"""Numbers of any size, as people read them."""

import pytest

from aqi_project.numerals import digits_for, significant


@pytest.mark.parametrize(
    ("number", "said"),
    [(1234.5, "1234"), (999.6, "1000"), (-20_500.0, "-20500"), (0.012345, "0.0123"), (7.0, "7"), (1e12, "1e+12")],
)
def test_thousands_are_written_without_a_power_of_ten(number: float, said: str) -> None:
    assert significant(number) == said


@pytest.mark.parametrize(
    ("lower", "upper", "digits"), [(28.9, 148.4, 3), (984.2, 1190.4, 3), (101.31, 101.39, 5), (21.5, 21.5, 8)]
)
def test_the_ends_of_a_range_are_told_to_a_tenth_of_its_width(lower: float, upper: float, digits: int) -> None:
    assert digits_for(lower, upper) == digits
