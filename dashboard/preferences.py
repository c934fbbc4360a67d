"""What a visitor chose: language, group, scale, theme, colours, digits. A link (`?lang=ur`) sets it, a cookie keeps it.

Links instead of forms: a choice can be shared and bookmarked, and it works without any script.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from aqi_project.web.rewrite import rewrite
from dashboard import digits
from ingestion.aqi import DEFAULT, groups, standards

REMEMBERED = timedelta(days=365)
LANGUAGE = "lang"
# Every browser wants this of what somebody opens, also where the page's worker fetches it. A script wants anything and
# repeats its page's choices: nobody chooses anew. (Sec-Fetch-Mode says so more plainly, but not where there is no TLS.)
PAGE = "text/html"
ALLOWED: dict[str, tuple[str, ...]] = {
    "group": tuple(groups()),
    "standard": tuple(standards()),
    "theme": ("auto", "light", "dark"),
    "palette": ("standard", "vision"),
    "digits": (digits.LATIN, digits.URDU),
}


@dataclass(frozen=True)
class Preferences:
    """The choices that hold for one request; each field's allowed values stand in ALLOWED."""

    group: str = "everyone"
    standard: str = DEFAULT
    theme: str = "auto"
    palette: str = "standard"
    digits: str = digits.LATIN

    @property
    def urdu_digits(self) -> bool:
        """They go with Urdu alone; an English page keeps its own."""
        return self.digits == digits.URDU and translation.get_language() == "ur"

    def speaks_default(self) -> bool:
        """Whether the socket's messages, which are the same for everyone, fit this reader."""
        return (self.standard, self.palette) == (DEFAULT, "standard") and not self.urdu_digits

    @classmethod
    def of(cls, request: HttpRequest) -> "Preferences":
        """The address wins over the cookie; a value that is not allowed counts as not given."""
        chosen = {}
        for field in fields(cls):
            for source in (request.GET, request.COOKIES):
                if source.get(field.name) in ALLOWED[field.name]:
                    chosen[field.name] = source[field.name]
                    break
        return cls(**chosen)


class PreferencesMiddleware:
    """Sets `request.preferences` and the language, and remembers what the address asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.preferences = Preferences.of(request)
        language = request.GET.get(LANGUAGE)
        if language in dict(settings.LANGUAGES):
            translation.activate(language)
            request.LANGUAGE_CODE = language
        response = self.get_response(request)
        if PAGE in request.headers.get("Accept", PAGE):
            _remember_choices(request, response)
        if request.preferences.urdu_digits and _is_page(request, response):
            rewrite(response, digits.in_html(response.content.decode()))
        return response


def _is_page(request: HttpRequest, response: HttpResponse) -> bool:
    """A page for people. The administration's scripts read numbers back out of what they show."""
    in_admin = request.resolver_match is not None and request.resolver_match.app_name == "admin"
    return not in_admin and not response.streaming and response.get("Content-Type", "").startswith("text/html")


def _remember_choices(request: HttpRequest, response: HttpResponse) -> None:
    if (language := request.GET.get(LANGUAGE)) in dict(settings.LANGUAGES):
        _remember(response, settings.LANGUAGE_COOKIE_NAME, language)
    for name, value in asdict(request.preferences).items():
        if request.GET.get(name) == value:
            _remember(response, name, value)


def _remember(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=int(REMEMBERED.total_seconds()), samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
