"""The words of messages: what each condition says where a rule brings no text of its own."""

from alerts.machine import Say, State
from alerts.models import Rule
from detection.models import Severity

SEVERITY_UR = {
    Severity.INFO: "معلومات",
    Severity.MINOR: "معمولی",
    Severity.MODERATE: "درمیانی",
    Severity.SEVERE: "شدید",
    Severity.EXTREME: "انتہائی شدید",
}

SUBJECTS = {
    ("en", Say.ALERT): "{{ place }}: {{ rule }} ({{ severity }})",
    ("ur", Say.ALERT): "{{ place }}: {{ rule }} ({{ severity }})",
    ("en", Say.UPDATE): "Update for {{ place }}: {{ rule }} ({{ severity }})",
    ("ur", Say.UPDATE): "{{ place }} کی تازہ اطلاع: {{ rule }} ({{ severity }})",
    ("en", Say.CANCEL): "Over in {{ place }}: {{ rule }}",
    ("ur", Say.CANCEL): "{{ place }} میں ختم: {{ rule }}",
}

TEXTS = {
    ("en", Rule.Condition.ANOMALY): (
        "{% if explanation %}{{ explanation }}{% else %}{{ measure }} in {{ place }} is {{ value }} {{ unit }}; "
        "about {{ expected }} is usual.{% endif %} (at {{ time }})"
    ),
    ("ur", Rule.Condition.ANOMALY): (
        "{% if explanation %}{{ explanation }}{% else %}{{ place }} میں {{ measure }} {{ value }} {{ unit }} ہے؛ "
        "عام طور پر تقریباً {{ expected }} ہوتا ہے۔{% endif %} (وقت: {{ time }})"
    ),
    ("en", Rule.Condition.LIMIT): (
        "{{ measure }} in {{ place }} is {{ value }}{% if unit %} {{ unit }}{% endif %}, over the limit of "
        "{{ limit }}. (at {{ time }}){% if advice %}\n{{ advice }}{% endif %}"
    ),
    ("ur", Rule.Condition.LIMIT): (
        "{{ place }} میں {{ measure }} {{ value }}{% if unit %} {{ unit }}{% endif %} ہے، حد {{ limit }} سے زیادہ۔ "
        "(وقت: {{ time }}){% if advice %}\n{{ advice }}{% endif %}"
    ),
    ("en", Rule.Condition.FORECAST): (
        "{{ measure }} in {{ place }} is expected to go over {{ limit }} {{ unit }} around {{ expected_at }} "
        "(probability {{ probability }} %)."
    ),
    ("ur", Rule.Condition.FORECAST): (
        "{{ place }} میں {{ measure }} کے {{ expected_at }} کے قریب {{ limit }} {{ unit }} سے بڑھنے کا امکان ہے "
        "({{ probability }} فیصد)۔"
    ),
    ("en", Rule.Condition.DISAGREEMENT): (
        "{{ measure }} in {{ place }} is {{ value }} {{ unit }}: {{ ratio }} times apart from the other stations. "
        "One of them may be wrong. (at {{ time }})"
    ),
    ("ur", Rule.Condition.DISAGREEMENT): (
        "{{ place }} میں {{ measure }} {{ value }} {{ unit }} ہے: دوسرے اسٹیشنوں سے {{ ratio }} گنا فرق۔ "
        "کوئی ایک غلط ہو سکتا ہے۔ (وقت: {{ time }})"
    ),
    ("en", Rule.Condition.NO_DATA): "Nothing has come from {{ place }} since {{ last }}.",
    ("ur", Rule.Condition.NO_DATA): "{{ place }} سے {{ last }} کے بعد کچھ نہیں آیا۔",
}

OVER = {
    "en": "It is over: {{ rule }} in {{ place }} no longer holds. (at {{ time }})",
    "ur": "یہ ختم ہو گیا: {{ place }} میں {{ rule }} اب نہیں رہا۔ (وقت: {{ time }})",
}

BLIND = {
    ("en", State.NO_DATA): "We get no data from {{ place }}. This is no all-clear: the alert stays.",
    ("ur", State.NO_DATA): "{{ place }} سے ڈیٹا نہیں آ رہا۔ اس کا مطلب خیریت نہیں: اطلاع برقرار ہے۔",
    ("en", State.ERROR): "{{ rule }} in {{ place }} cannot be checked at the moment. The alert stays.",
    ("ur", State.ERROR): "{{ place }} میں {{ rule }} کی جانچ اس وقت ممکن نہیں۔ اطلاع برقرار ہے۔",
}

RETIRED = {
    "en": "{{ rule }} is no longer watched in {{ place }}. This is no all-clear.",
    "ur": "{{ place }} میں {{ rule }} کی نگرانی بند ہو گئی ہے۔ اس کا مطلب خیریت نہیں۔",
}

EXERCISE = {"en": "EXERCISE – no real alert. ", "ur": "مشق – حقیقی اطلاع نہیں۔ "}
