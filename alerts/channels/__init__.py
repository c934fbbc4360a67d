"""Channels: kind → (label, dotted path). Adding one is adding a line here and a file beside this one."""

from functools import cache

from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from alerts.channels.base import Channel, ChannelError

CHANNELS = {
    "email": (_("E-mail"), "alerts.channels.email.EmailChannel"),
    "sms": (_("SMS"), "alerts.channels.sms.SmsChannel"),
    "inapp": (_("Inbox"), "alerts.channels.inapp.InAppChannel"),
    "webhook": (_("Webhook"), "alerts.channels.webhook.WebhookChannel"),
    "apprise": (_("Other service"), "alerts.channels.apprise.AppriseChannel"),
}
CHANNEL_LABELS = {kind: label for kind, (label, _path) in CHANNELS.items()}


@cache
def channel(kind: str) -> Channel:
    """The channel of that kind."""
    if kind not in CHANNELS:
        raise ChannelError(f"There is no channel {kind!r}.", permanent=True)
    made: Channel = import_string(CHANNELS[kind][1])()
    return made


__all__ = ["CHANNELS", "CHANNEL_LABELS", "Channel", "ChannelError", "channel"]
