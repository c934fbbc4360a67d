"""Edges of the count of SMS parts."""

import pytest

from alerts.channels.sms_parts import slim, sms_parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 10, 2),
        ("ہ" * 70, 1),
        ("ہ" * 71, 2),
        ("ہ" * 134, 2),
        ("ہ" * 135, 3),
        ("🙂" * 35, 1),
        ("🙂" * 36, 2),
        ("a" * 70 + "ہ", 2),
    ],
)
def test_a_text_takes_so_many_parts(text: str, parts: int) -> None:
    assert sms_parts(text) == parts


def test_a_unit_does_not_cost_an_english_sms_its_160_letters() -> None:
    text = "PM2.5 in Lahore is 410 µg/m³, over the limit of 250. (at 21 November 2026, 20:00)"
    assert (sms_parts(text), sms_parts(slim(text))) == (2, 1)
    assert "410 ug/m3," in slim(text)


def test_an_urdu_text_keeps_its_letters() -> None:
    assert slim("لاہور: 410 µg/m³") == "لاہور: 410 µg/m³"
