"""Why a model was trained, what became of it, why it may not serve: told in the reader's language.

The rows keep it as an English sentence with its numbers.
"""

import re
from collections.abc import Callable

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

# The first that fits: what is said before or after another sentence comes before those that stand alone.
PHRASES = (
    _("The first version. %(rest)s"),
    _("After %(days)s day beside the champion: %(rest)s"),
    _("After %(days)s days beside the champion: %(rest)s"),
    _("%(rest)s A newer one may take its place meanwhile."),
    _("%(rest)s It watches beside the champion for %(days)s day."),
    _("%(rest)s It watches beside the champion for %(days)s days."),
    _("%(rest)s The champion knows only what its source sent before it changed, so this one serves."),
    _("%(rest)s Its expected values err × %(ratio)s as much as the champion's."),
    _("It could not be judged, but the champion's stored range is over. %(rest)s"),
    _("It could not be judged: %(rest)s"),
    _("What served cannot be opened, so there is nothing to beat. %(rest)s"),
    _("%(rest)s Version %(number)s keeps serving."),
    _("%(rest)s No version serves it."),
    _("Nothing served before, so there was nothing to beat."),
    _("The data are those of version %(number)s, which serves: nothing was trained."),
    _("There are fewer than %(count)s held-out forecasts to compare."),
    _("It beats %(rivals)s."),
    _("It does not surely beat %(rivals)s."),
    _("%(rival)s (error × %(ratio)s, p = %(p)s; wanted × %(most)s or less, and p < %(limit)s)"),
    _("%(rival)s (error × %(ratio)s, p = %(p)s; wanted p < %(limit)s)"),
    _("%(rival)s (error × %(ratio)s)"),
    _("the champion"),
    _("“it stays as it is”"),
    _("“as yesterday at this hour”"),
    _("%(target)s has %(known)s usable readings; %(kind)s needs %(needed)s (%(days)s days)."),
    _("%(station)s has no readings yet: there is nothing to learn %(series)s from."),
    _("%(station)s has sent no usable %(variable)s to learn from."),
    _("Nothing of %(variable)s is older than the weeks that judge it."),
    _("A forecast of %(variable)s needs %(needed)s days of readings; there are %(days)s."),
    _("It ended with an error that nobody foresaw (%(name)s); the run's traceback in the admin tells more."),
    _("The training took longer than %(limit)s and was ended."),
    _("The training's process was killed (signal %(number)s)."),
    _("It ended with code %(code)s."),
    _("There is no series %(series)s any more."),
    _("Its process died %(count)s times."),
    _("It was asked for twice."),
    _("Detectors are a list of names, such as %(example)s."),
    _("There is no detector “%(name)s”. There are: %(names)s."),
    _("The detectors must include %(name)s: without it there is no expected value."),
    _("Version %(number)s of %(series)s was saved with %(library)s %(was)s, here is %(here)s. Train the series again."),
    _("Version %(number)s was saved with %(library)s %(was)s, here is %(here)s."),
    _("format of detectors"),
    _("format of forecasts"),
    _("Version %(number)s of %(series)s is not there any more. Train the series again."),
    _("Version %(number)s of %(series)s is not there any more."),
    _("Version %(number)s is not there any more."),
    _("The file of %(artifact)s is not there any more. Train the series again."),
    _("Version %(number)s of %(series)s has no stored detectors. Train the series again."),
    _("The signature of %(artifact)s is wrong: it was changed, or SECRET_KEY was. Train the series again."),
    _("%(series)s has changed meanwhile, so version %(number)s was not let to serve. Look again, then repeat."),
    _("Version %(number)s of %(series)s serves already."),
    _("%(series)s has no version %(number)s."),
    _("No version served %(series)s before: there is no way back."),
    _("Say why: the reason is kept with the change."),
    _("It has sent enough to learn from, and no version serves it."),
    _("The error of a day's forecasts is %(times)s times what it was, beside persistence's."),
    _("Only %(share)s %% of the last week's readings lay inside the 95 %% range."),
    _("The readings reach over %(times)s times the span that version %(number)s has seen."),
    _("Readings of %(days)s day have come since the last training."),
    _("Readings of %(days)s days have come since the last training."),
)
GAP = re.compile(r"%\\\((\w+)\\\)s")  # as re.escape writes it
PATTERNS = [
    (phrase, re.compile(GAP.sub(r"(?P<\1>.+)", re.escape(phrase).replace("%%", "%")), re.DOTALL)) for phrase in PHRASES
]
RIVALS = re.compile(r"(?<=\)), ")


def translated(sentence: str) -> str:
    """The sentence translated, with its numbers; as it is where it is none of PHRASES, such as a person's own words."""
    if get_language() == "en":
        return sentence
    for phrase, pattern in PATTERNS:
        if found := pattern.fullmatch(sentence):
            return gettext(phrase) % {name: INSIDE.get(name, str)(part) for name, part in found.groupdict().items()}
    return sentence


def _each(rivals: str) -> str:
    return ", ".join(translated(rival) for rival in RIVALS.split(rivals))


INSIDE: dict[str, Callable[[str], str]] = {
    "rest": translated,
    "rival": translated,
    "rivals": _each,
    "library": translated,
}
