"""The words of messages: what each condition says where a rule brings no text of its own. Each in every language."""

from alerts.models import Rule
from alerts.state_machine import Say, State

Words = dict[str, str]  # by language

SUBJECTS: dict[Say, Words] = {
    Say.ALERT: {
        "en": "{{ place }}: {{ rule }} ({{ severity }})",
        "ur": "{{ place }}: {{ rule }} ({{ severity }})",
    },
    Say.UPDATE: {
        "en": "Update for {{ place }}: {{ rule }} ({{ severity }})",
        "ur": "{{ place }} کی تازہ اطلاع: {{ rule }} ({{ severity }})",
    },
    Say.CANCEL: {
        "en": "Over in {{ place }}: {{ rule }}",
        "ur": "{{ place }} میں ختم: {{ rule }}",
    },
}

TEXTS: dict[Rule.Condition, Words] = {
    Rule.Condition.ANOMALY: {
        "en": (
            "{% if explanation %}{{ explanation }}{% else %}{{ measure }} in {{ place }} is {{ value }}"
            "{% if unit %} {{ unit }}{% endif %}; about {{ expected }} is usual.{% endif %} Time: {{ time }}."
        ),
        "ur": (
            "{% if explanation %}{{ explanation }}{% else %}{{ place }} میں {{ measure }} {{ value }}"
            "{% if unit %} {{ unit }}{% endif %}"
            " ہے؛ عام طور پر تقریباً {{ expected }} ہوتا ہے۔{% endif %} وقت: {{ time }}۔"
        ),
    },
    Rule.Condition.LIMIT: {
        "en": (
            "{{ measure }} in {{ place }} is {{ value }}{% if unit %} {{ unit }}{% endif %}"
            "{% if mean %} on average over {{ mean }}{% endif %}, over the limit of {{ limit }}. "
            "Time: {{ time }}.{% if advice %}\n{{ advice }}{% endif %}"
        ),
        "ur": (
            "{{ place }} میں {{ measure }} {{ value }}{% if unit %} {{ unit }}{% endif %} ہے"
            "{% if mean %} ({{ mean }} کی اوسط){% endif %}، حد {{ limit }} سے زیادہ۔ "
            "وقت: {{ time }}۔{% if advice %}\n{{ advice }}{% endif %}"
        ),
    },
    Rule.Condition.FORECAST: {
        "en": (
            "{{ measure }} in {{ place }} is expected to go over {{ limit }}{% if unit %} {{ unit }}{% endif %}"
            " around {{ expected_at }} (probability {{ probability }} %)."
        ),
        "ur": (
            "{{ place }} میں {{ measure }} کے {{ expected_at }} کے قریب {{ limit }}{% if unit %} {{ unit }}{% endif %}"
            " سے بڑھنے کا امکان ہے "
            "({{ probability }} فیصد)۔"
        ),
    },
    Rule.Condition.DISAGREEMENT: {
        "en": (
            "{{ measure }} in {{ place }} is {{ value }}{% if unit %} {{ unit }}{% endif %}"
            ": {{ ratio }} times apart from the other stations. "
            "One of them may be wrong. Time: {{ time }}."
        ),
        "ur": (
            "{{ place }} میں {{ measure }} {{ value }}{% if unit %} {{ unit }}{% endif %}"
            " ہے: دوسرے اسٹیشنوں سے {{ ratio }} گنا فرق۔ "
            "کوئی ایک غلط ہو سکتا ہے۔ وقت: {{ time }}۔"
        ),
    },
    Rule.Condition.NO_DATA: {
        "en": "Nothing has come from {{ place }}{% if last %} since {{ last }}{% endif %}.",
        "ur": "{{ place }} سے{% if last %} {{ last }} کے بعد{% endif %} کچھ نہیں آیا۔",
    },
}

OVER: Words = {
    "en": "It is over: {{ rule }} in {{ place }} no longer holds. Time: {{ time }}.",
    "ur": "یہ ختم ہو گیا: {{ place }} میں {{ rule }} اب نہیں رہا۔ وقت: {{ time }}۔",
}

OVER_OF: dict[str, Words] = {  # of a condition that has more to say: how the air is now, or that this is not known
    Rule.Condition.LIMIT: {
        "en": (
            "It is over: {{ measure }} in {{ place }} is {{ value }}{% if unit %} {{ unit }}{% endif %}"
            "{% if mean %} on average over {{ mean }}{% endif %}, no longer over the limit of {{ limit }}. "
            "Time: {{ time }}.{% if advice %}\n{{ advice }}{% endif %}"
        ),
        "ur": (
            "یہ ختم ہو گیا: {{ place }} میں {{ measure }} {{ value }}{% if unit %} {{ unit }}{% endif %} ہے"
            "{% if mean %} ({{ mean }} کی اوسط){% endif %}، اب حد {{ limit }} سے زیادہ نہیں۔ "
            "وقت: {{ time }}۔{% if advice %}\n{{ advice }}{% endif %}"
        ),
    },
    Rule.Condition.FORECAST: {
        "en": (
            "{{ measure }} in {{ place }} is no longer expected to go over {{ limit }}"
            "{% if unit %} {{ unit }}{% endif %}. This says nothing of the air right now. Time: {{ time }}."
        ),
        "ur": (
            "{{ place }} میں {{ measure }} کے {{ limit }}{% if unit %} {{ unit }}{% endif %}"
            " سے بڑھنے کا امکان اب نہیں رہا۔"
            " اس سے یہ معلوم نہیں ہوتا کہ ہوا اس وقت کیسی ہے۔ وقت: {{ time }}۔"
        ),
    },
    Rule.Condition.NO_DATA: {
        "en": "Data comes from {{ place }} again. Time: {{ time }}.",
        "ur": "{{ place }} سے ڈیٹا پھر آ رہا ہے۔ وقت: {{ time }}۔",
    },
}

BEGAN: Words = {  # below each end, for those who slept through the beginning; an SMS holds the first line alone
    "en": "{% if began %}\nThe alert began on {{ began }}.{% endif %}",
    "ur": "{% if began %}\nیہ اطلاع {{ began }} سے جاری تھی۔{% endif %}",
}

BLIND: dict[State, Words] = {
    State.NO_DATA: {
        "en": "We get no data from {{ place }}. This is no all-clear: the alert stays. Time: {{ time }}.",
        "ur": "{{ place }} سے ڈیٹا نہیں آ رہا۔ اس کا مطلب خیریت نہیں: اطلاع برقرار ہے۔ وقت: {{ time }}۔",
    },
    State.ERROR: {
        "en": "{{ rule }} in {{ place }} cannot be checked at the moment. The alert stays. Time: {{ time }}.",
        "ur": "{{ place }} میں {{ rule }} کی جانچ اس وقت ممکن نہیں۔ اطلاع برقرار ہے۔ وقت: {{ time }}۔",
    },
}

RETIRED: Words = {
    "en": "{{ rule }} is no longer watched in {{ place }}. This is no all-clear.",
    "ur": "{{ place }} میں {{ rule }} کی نگرانی بند ہو گئی ہے۔ اس کا مطلب خیریت نہیں۔",
}

CHANGED: Words = {
    "en": "The rule {{ rule }} was changed and no longer speaks of {{ place }}. This is no all-clear.",
    "ur": "{{ rule }} کا ضابطہ بدل گیا ہے اور اب {{ place }} پر لاگو نہیں۔ اس کا مطلب خیریت نہیں۔",
}

EXERCISE: Words = {"en": "EXERCISE – no real alert. ", "ur": "مشق – حقیقی اطلاع نہیں۔ "}
