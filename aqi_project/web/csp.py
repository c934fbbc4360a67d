"""Content-Security-Policy: what a browser may load and run on our pages. Nothing inline but what we wrote ourselves.

Scripts come from files of this site only. A <style> of a template carries the request's nonce,
`{{ request.csp_nonce }}`. Places and colours that a template computes stand in `style="…"` attributes, which no nonce
can allow: they become rules of one <style> in the head. A fragment has no head; the script that puts it into the page
applies `data-style` itself.
"""

import re
import secrets
from collections.abc import Callable
from functools import partial
from html import unescape

from django.http import HttpRequest, HttpResponse

from aqi_project.web.rewrite import rewrite

POLICY = {
    "default-src": "'self'",
    "style-src": "'self' 'nonce-{nonce}'",
    "img-src": "'self' data: blob:",  # Swagger's icons; the picture that Plotly saves
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
FRAMED = {**POLICY, "frame-ancestors": "*"}  # pages that are made for other people's pages
NONCE_BYTES = 16
# Inside a tag: what follows closes before anything opens. It begins with plain letters, which are searched for fast.
STYLED = re.compile(r'style="(?<=\sstyle=")([^"<>{}]*)"(?=[^<>]*>)')
HEAD_END = "</head>"

View = Callable[[HttpRequest], HttpResponse]


def content_security_policy(get_response: View) -> View:
    """Middleware: the header on every answer, and inline styles where it lets them through."""

    def respond(request: HttpRequest) -> HttpResponse:
        nonce = request.csp_nonce = secrets.token_urlsafe(NONCE_BYTES)  # type: ignore[attr-defined]
        response = get_response(request)
        if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
            rewrite(response, move_styles(response.content.decode(), nonce))
        policy = FRAMED if getattr(response, "xframe_options_exempt", False) else POLICY
        header = "; ".join(f"{name} {value}" for name, value in policy.items())
        response.headers["Content-Security-Policy"] = header.format(nonce=nonce)
        return response

    return respond


def move_styles(html: str, nonce: str) -> str:
    """The page with each `style` attribute as a `data-style` one, and a rule for each different one in its head."""
    texts: dict[str, None] = {}
    moved = STYLED.sub(partial(_move, texts), html)
    if not texts:
        return html
    rules = "".join(_rule(unescape(text)) for text in texts)
    return moved.replace(HEAD_END, f'<style nonce="{nonce}">{rules}</style>{HEAD_END}', 1)


def _move(texts: dict[str, None], found: re.Match[str]) -> str:
    texts[found[1]] = None
    return f'data-style="{found[1]}"'


def _rule(text: str) -> str:
    """As strong as the attribute was against the page's own rules: the id that nothing has lends its weight."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return f':is(#_,[data-style="{quoted}"]){{{text}}}' if "<" not in text else ""
