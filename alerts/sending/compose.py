"""The exact text of a delivery, by channel and in the contact's language."""

import json
from typing import Any

from django.template.loader import render_to_string

from alerts import links
from alerts.models import Alert, Contact, Message
from alerts.sending.sms_parts import slim, sms_parts

OTHER = {"en": "ur", "ur": "en"}
BETWEEN = "\n\n"  # the messages of a digest


def words(message: Message, contact: Contact, kind: str) -> dict[str, Any]:
    """`subject`, `text` and, where the channel has it, `html` or `parts`."""
    return COMPOSERS.get(kind, _plain)(message, contact)


def _plain(message: Message, contact: Contact) -> dict[str, Any]:
    return {"subject": message.subject_in(contact.language), "text": message.text_in(contact.language)}


def _email(message: Message, contact: Contact) -> dict[str, Any]:
    """Both languages, the contact's own first."""
    languages = (contact.language, OTHER[contact.language])
    sections = [
        {"language": language, "subject": message.subject_in(language), "text": message.text_in(language)}
        for language in languages
        if message.text_ur or language == "en"
    ]
    context = {
        "sections": sections,
        "message": message,
        "contact": contact,
        "page": links.page(message),
        "stop": links.unsubscribe(contact.uid) if contact.kind == Contact.Kind.CITIZEN else "",
        "acknowledge": acknowledge_link(message, contact),
    }
    return {
        "subject": message.subject_in(contact.language),
        "text": render_to_string("alerts/mail/message.txt", context).strip() + "\n",
        "html": render_to_string("alerts/mail/message.html", context),
    }


def acknowledge_link(message: Message, contact: Contact) -> str:
    """For agencies, while somebody still has to take the alert on."""
    if contact.kind != Contact.Kind.AGENCY or message.kind not in (Message.Kind.ALERT, Message.Kind.UPDATE):
        return ""
    waits = Alert.objects.filter(identifier=message.alert, acknowledged_at=None).exclude(fired_at=None).exists()
    return links.acknowledge(message.alert, contact.uid) if waits else ""


def _sms(message: Message, contact: Contact) -> dict[str, Any]:
    """Subject and first line, which in a digest is the subject of each message: what follows is for longer media."""
    subject, text = message.subject_in(contact.language), message.text_in(contact.language)
    told = text.split(BETWEEN) if message.kind == Message.Kind.DIGEST else [text]
    text = slim("\n".join([subject, *(one.partition("\n")[0] for one in told)]))
    return {"subject": "", "text": text, "parts": sms_parts(text)}


def _webhook(message: Message, contact: Contact) -> dict[str, Any]:
    body = {
        "id": message.identifier,
        "alert": message.alert,
        "number": message.number,
        "kind": message.kind,
        "state": message.state,
        "rule": message.rule,
        "place": message.place,
        "severity": message.severity,
        "exercise": message.is_exercise,
        "about": message.about.isoformat(),
        "subject": {"en": message.subject_en, "ur": message.subject_ur},
        "text": {"en": message.text_en, "ur": message.text_ur},
        "facts": message.facts,
    }
    return {"subject": message.subject_en, "text": json.dumps(body, ensure_ascii=False)}


COMPOSERS = {"email": _email, "sms": _sms, "webhook": _webhook}
