"""What channels over HTTP share: one client, a timeout, and which answers are worth another try."""

from functools import cache
from typing import Any

import httpx
from django.conf import settings

from alerts.channels.base import ChannelError

TRY_AGAIN = {408, 409, 425, 429}  # of the 4xx; every 5xx as well
EXCERPT = 200  # characters of an answer that are kept with a failure


@cache
def _client() -> httpx.Client:
    """One a process, because making one reads all certificates; a connection a request, because servers hang up."""
    return httpx.Client(limits=httpx.Limits(max_keepalive_connections=0))


def post(url: str, **request: Any) -> httpx.Response:
    """POST without following redirects; raises ChannelError for all but 2xx."""
    try:
        answer = _client().post(url, timeout=settings.EMAIL_TIMEOUT, follow_redirects=False, **request)
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise ChannelError(f"The address is wrong: {error}", permanent=True) from error
    except httpx.HTTPError as error:
        raise ChannelError(f"The server cannot be reached: {error}", permanent=False) from error
    if answer.is_success:
        return answer
    permanent = answer.status_code < 500 and answer.status_code not in TRY_AGAIN
    raise ChannelError(f"Answer {answer.status_code}: {answer.text[:EXCERPT]}", permanent=permanent)
