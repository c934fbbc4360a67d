"""What citizens and officers fill in."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from alerts.models import Contact
from alerts.models.people import E164
from alerts.people.phone_numbers import international
from alerts.places import public_places
from alerts.review import VERDICTS
from detection.models import Severity

LEVELS = [
    (Severity.MODERATE, _("when the air is unusually bad")),
    (Severity.SEVERE, _("only when it is very bad")),
    (Severity.EXTREME, _("only when it is hazardous")),
]
SILENT_HOURS = [(1, _("1 hour")), (4, _("4 hours")), (12, _("12 hours")), (24, _("24 hours"))]


class SubscribeForm(forms.Form):
    """One address, one place."""

    address = forms.CharField(
        label=_("E-mail or mobile number"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "email", "dir": "ltr", "placeholder": "name@example.org"}),
    )
    place = forms.ChoiceField(label=_("Where"))
    severity = forms.TypedChoiceField(label=_("Tell me"), choices=LEVELS, coerce=int)
    website = forms.CharField(required=False, widget=forms.HiddenInput)  # only a robot fills it in

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = public_places()
        if not settings.SMS_URL:
            self.fields["address"].label = _("E-mail")

    def clean_address(self) -> str:
        """In the form in which it is compared: small letters, or + and digits."""
        text = "".join(self.cleaned_data["address"].split())
        if "@" in text:
            EmailValidator(_("This is no e-mail address."))(text)
            return text.lower()
        if not settings.SMS_URL:
            raise ValidationError(_("No SMS are sent from here. Give an e-mail address."))
        number = international(text)
        E164(number)
        return number


class CodeForm(forms.Form):
    token = forms.CharField(widget=forms.HiddenInput)
    code = forms.CharField(
        label=_("Code from the SMS"),
        max_length=6,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "dir": "ltr"}),
    )


class WishesForm(forms.ModelForm):
    """When and how somebody wants to be told."""

    class Meta:
        model = Contact
        fields = ["language", "timezone", "quiet_from", "quiet_to", "digest", "digest_hour"]
        labels = {
            "language": _("Language"),
            "timezone": _("Time zone"),
            "quiet_from": _("Quiet from"),
            "quiet_to": _("Quiet until"),
            "digest": _("How often"),
            "digest_hour": _("Hour of the summary"),
        }
        widgets = {name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M") for name in ("quiet_from", "quiet_to")}
        help_texts = {"quiet_from": "", "quiet_to": _("A hazardous alert comes through all the same.")}

    def save(self, commit: bool = True) -> Contact:
        """Write the wishes alone: whoever stops meanwhile, or is forgotten, must not come back by them."""
        if commit:
            wishes = {name: getattr(self.instance, name) for name in self.Meta.fields}
            Contact.objects.filter(pk=self.instance.pk).update(**wishes)
        return self.instance


class CommentForm(forms.Form):
    text = forms.CharField(label=_("Comment"), max_length=1000)


class SilenceForm(forms.Form):
    """For how long nobody is told, and why."""

    hours = forms.TypedChoiceField(label=_("For"), choices=SILENT_HOURS, coerce=int)
    reason = forms.CharField(label=_("Why"), max_length=200)


class ReviewForm(forms.Form):
    """A verdict on one anomaly, which its series and start name."""

    series = forms.CharField(max_length=140)
    start = forms.DateTimeField()
    review = forms.ChoiceField(choices=VERDICTS)
    note = forms.CharField(max_length=1000, required=False)
