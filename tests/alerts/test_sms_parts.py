"""Edges of the count of SMS parts."""

import pytest

from alerts.sending.sms_parts import sms_parts


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
