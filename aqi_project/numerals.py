"""Numbers of any size as people read them, with as many digits as say something."""

FEWEST, MOST = 3, 8  # digits
FINE = 10  # parts of a range, to which its ends are told
LONGEST = 1e9  # from here on a number is written with its power of ten
LEFT_TO_RIGHT = "\u200e"  # Unicode's invisible mark


def significant(number: float, digits: int = FEWEST) -> str:
    """So many significant digits, as `.3g` gives them, but 1230 and never 1.23e+03."""
    text = f"{number:.{digits}g}"
    return f"{number:.0f}" if "e+" in text and abs(number) < LONGEST else text


def among_urdu(number: str, unit: str = "") -> str:
    """A written number as it belongs among letters that run from right to left, which would show -7.7 °C as 7.7- C°."""
    is_torn = number.startswith("-") or (number and "°" in number + unit)
    return LEFT_TO_RIGHT + number if is_torn else number


def digits_for(lower: float, upper: float) -> int:
    """So many that both ends of a range are told to a tenth of its width: a narrow one must not begin and end with one
    number, as 296.21 to 296.87 K would."""
    fine, largest = (upper - lower) / FINE, max(abs(lower), abs(upper))
    return next((digits for digits in range(FEWEST, MOST) if largest * 0.5 * 10 ** (1 - digits) <= fine), MOST)
