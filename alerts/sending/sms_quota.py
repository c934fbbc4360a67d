"""The month's SMS of a contact, counted in parts, and the notice when they are used up.

Two processes that queue different messages at the same instant may both fit under the cap: it is a budget, and one
message too many does no harm.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Sum

from alerts.models import Contact, Delivery, Message
from aqi_project import clock

State = Delivery.State
NOT_SENT = (State.CAPPED, State.FAILED, State.HELD, State.DIGESTED, State.SUPERSEDED)
NOTICE = {
    "subject_en": "Your SMS for this month are used up",
    "subject_ur": "اس مہینے کے ایس ایم ایس ختم ہو گئے",
    "text_en": "No more SMS will come before next month. Other channels go on as before.",
    "text_ur": "اگلے مہینے سے پہلے مزید ایس ایم ایس نہیں آئیں گے۔ دوسرے ذرائع جاری رہیں گے۔",
}


def month_start(contact: Contact, now: datetime) -> datetime:
    local = now.astimezone(ZoneInfo(contact.timezone))
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def fits(contact: Contact, parts: int, now: datetime) -> bool:
    """Whether so many more parts stay within the contact's month."""
    rows = Delivery.objects.filter(contact=contact.uid, channel="sms", created_at__gte=month_start(contact, now))
    used = rows.exclude(state__in=NOT_SENT).aggregate(parts=Sum("parts"))["parts"] or 0
    return bool(used + parts <= contact.sms_cap)


def notice(contact: Contact, now: datetime) -> Message:
    """The notice of this month, the same however often it is asked for."""
    identifier = f"cap-{contact.uid}-{month_start(contact, now):%Y%m}"
    values = {"kind": Message.Kind.NOTICE, "queued_at": clock.now(), **NOTICE}
    return Message.objects.get_or_create(identifier=identifier, defaults=values)[0]
