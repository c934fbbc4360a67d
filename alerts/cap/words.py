"""What our nouns are called in the Common Alerting Protocol, and the words that its documents need."""

from alerts.models import Message, Rule
from detection.models import Severity

MESSAGE_TYPES = {Message.Kind.ALERT: "Alert", Message.Kind.UPDATE: "Update", Message.Kind.CANCEL: "Cancel"}
SEVERITIES = {
    Severity.INFO: "Minor",
    Severity.MINOR: "Minor",
    Severity.MODERATE: "Moderate",
    Severity.SEVERE: "Severe",
    Severity.EXTREME: "Extreme",
}
CERTAINTY = {Rule.Condition.ANOMALY: "Likely", Rule.Condition.DISAGREEMENT: "Possible"}
EVENTS = {
    "en": {
        Rule.Condition.ANOMALY: "Unusual air",
        Rule.Condition.LIMIT: "Air pollution",
        Rule.Condition.FORECAST: "Air pollution expected",
        Rule.Condition.DISAGREEMENT: "Doubtful measurements",
        Rule.Condition.NO_DATA: "No measurements",
    },
    "ur": {
        Rule.Condition.ANOMALY: "غیر معمولی ہوا",
        Rule.Condition.LIMIT: "فضائی آلودگی",
        Rule.Condition.FORECAST: "فضائی آلودگی متوقع",
        Rule.Condition.DISAGREEMENT: "مشکوک پیمائش",
        Rule.Condition.NO_DATA: "پیمائش نہیں ہو رہی",
    },
}
INSTRUCTIONS = {  # False: it holds, or nobody knows; True: it is over
    "en": {
        False: "Watch the air in your area and follow the advice of the authorities.",
        True: "Nothing more to do about this alert. What to do at the present air stands on the page.",
    },
    "ur": {
        False: "اپنے علاقے کی ہوا پر نظر رکھیں اور حکام کے مشورے پر عمل کریں۔",
        True: "اس اطلاع پر مزید کچھ کرنے کی ضرورت نہیں۔ موجودہ ہوا میں کیا کریں، یہ صفحے پر لکھا ہے۔",
    },
}
