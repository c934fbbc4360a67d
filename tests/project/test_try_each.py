"""What is done for each of many goes on where one fails."""

import pytest

from aqi_project.try_each import try_each


def tenfold(number: int) -> int:
    if number == 2:
        raise ValueError("what nobody thought of")
    return 10 * number


def test_one_that_fails_is_logged_and_holds_up_no_other(caplog: pytest.LogCaptureFixture) -> None:
    assert try_each([1, 2, 3], tenfold) == [10, 30]
    assert caplog.messages == ["tenfold failed for 2"]
