"""Phone numbers as people type them."""

import unicodedata

OUR_COUNTRY = "+92"  # of numbers that begin with a single 0, as Pakistan writes its own
BETWEEN_DIGITS = {"Zs", "Pd", "Ps", "Pe", "Cf"}  # spaces, hyphens, brackets, unseen marks that a copied number brings


def western(text: str) -> str:
    """With 0 to 9 in place of the digits of Urdu's keyboards."""
    return "".join(str(unicodedata.decimal(letter, letter)) for letter in text)


def international(text: str) -> str:
    """A mobile number as + and digits, where it was meant to be one; whether it is, `E164` says."""
    digits = western("".join(letter for letter in text if unicodedata.category(letter) not in BETWEEN_DIGITS))
    if digits.startswith(("+", "00")):
        return f"+{digits.lstrip('+0')}"
    return f"{OUR_COUNTRY}{digits[1:]}" if digits.startswith("0") else digits
