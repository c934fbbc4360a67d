"""How many SMS a text takes. Source: 3GPP TS 23.038 (alphabets) and 23.040 (concatenation)."""

GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_7_EXTENDED = frozenset("^{}\\[~]|€")  # these take two places
GSM_SINGLE, GSM_PART = 160, 153  # characters
UCS_2_SINGLE, UCS_2_PART = 70, 67  # UTF-16 code units; Urdu always takes this


def sms_parts(text: str) -> int:
    """Number of parts; 1 for an empty text."""
    if all(letter in GSM_7 or letter in GSM_7_EXTENDED for letter in text):
        return _parts([2 if letter in GSM_7_EXTENDED else 1 for letter in text], GSM_SINGLE, GSM_PART)
    return _parts([2 if ord(letter) > 0xFFFF else 1 for letter in text], UCS_2_SINGLE, UCS_2_PART)


def _parts(widths: list[int], single: int, part: int) -> int:
    """A letter of two places is never torn apart at the end of a part."""
    if sum(widths) <= single:
        return 1
    parts, used = 1, 0
    for width in widths:
        if used + width > part:
            parts, used = parts + 1, 0
        used += width
    return parts
