"""How many SMS a text takes. Source: 3GPP TS 23.038 (alphabets) and 23.040 (concatenation)."""

GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_7_EXTENDED = frozenset("^{}\\[~]|€")  # these take two places
GSM_SINGLE, GSM_PART = 160, 153  # characters
UCS_2_SINGLE, UCS_2_PART = 70, 67  # UTF-16 code units; Urdu always takes this
PLAINER = str.maketrans({"µ": "u", "³": "3", "–": "-", "’": "'"})


def slim(text: str) -> str:
    """The text without what alone makes it UCS-2, such as the unit µg/m³, which would cost 90 of 160 characters."""
    plainer = text.translate(PLAINER)
    return plainer if _is_gsm_7(plainer) else text


def sms_parts(text: str) -> int:
    """Number of parts; 1 for an empty text."""
    if _is_gsm_7(text):
        return _parts([2 if letter in GSM_7_EXTENDED else 1 for letter in text], GSM_SINGLE, GSM_PART)
    return _parts([2 if ord(letter) > 0xFFFF else 1 for letter in text], UCS_2_SINGLE, UCS_2_PART)


def _is_gsm_7(text: str) -> bool:
    return set(text) <= GSM_7 | GSM_7_EXTENDED


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
