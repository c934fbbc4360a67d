"""A response whose text is written anew on its way out."""

from django.http import HttpResponse


def rewrite(response: HttpResponse, text: str) -> None:
    """Exchange the text, and the length where one was written down already: a client would stop reading there."""
    response.content = text.encode()
    if response.has_header("Content-Length"):
        response["Content-Length"] = str(len(response.content))
