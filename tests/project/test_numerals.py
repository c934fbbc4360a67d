"""Numbers of any size, as people read them."""

import pytest

from aqi_project.numerals import among_urdu, digits_for, significant


@pytest.mark.parametrize(
    ("number", "said"),
    [(1234.5, "1234"), (999.6, "1000"), (-20_500.0, "-20500"), (0.012345, "0.0123"), (7.0, "7"), (1e12, "1e+12")],
)
def test_thousands_are_written_without_a_power_of_ten(number: float, said: str) -> None:
    assert significant(number) == said


@pytest.mark.parametrize(
    ("lower", "upper", "digits"),
    [(28.9, 148.4, 3), (190.0, 200.0, 3), (984.2, 1190.4, 3), (101.31, 101.39, 5), (21.5, 21.5, 8)],
)
def test_the_ends_of_a_range_are_told_to_a_tenth_of_its_width(lower: float, upper: float, digits: int) -> None:
    assert digits_for(lower, upper) == digits


@pytest.mark.parametrize(("number", "unit"), [("-7.7", ""), ("-7.7 °C", ""), ("7.7 °C", ""), ("7.7", "°C")])
def test_in_urdu_a_number_that_would_be_torn_apart_begins_with_a_mark(number: str, unit: str) -> None:
    """Among letters from right to left "-7.7 °C" showed as "7.7- C°"."""
    assert among_urdu(number, unit) == f"\u200e{number}"


@pytest.mark.parametrize(("number", "unit"), [("480 µg/m³", ""), ("7.7", "µg/m³"), ("", "°C"), ("", "")])
def test_other_numbers_have_none_which_would_cost_a_letter_of_each_sms(number: str, unit: str) -> None:
    assert among_urdu(number, unit) == number
