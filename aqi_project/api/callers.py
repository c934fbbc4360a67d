"""Who calls: by key or by session; what they may; how often."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from aqi_project.api import KEY_SCHEME, ApiError, keys
from aqi_project.api.counters import used_up, wait_for
from aqi_project.api.keys import ApiKey

NETWORK_BITS = 64  # of an IPv6 address: what a provider gives to one household, or more


def address_of(request: HttpRequest | Request) -> str:
    """Where a request comes from, behind as many proxies as PROXIES says.

    Of IPv6 it is the network: one visitor has all of its addresses, and would count as somebody else with each.
    """
    given = str(BaseThrottle().get_ident(request))  # type: ignore[no-untyped-call]
    try:
        address = ip_address(given)
    except ValueError:
        return given
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((int(address), NETWORK_BITS), strict=False))
    return given


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer KEY`, or `X-API-Key: KEY`."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ApiKey] | None:
        scheme, _, text = get_authorization_header(request).decode("latin-1").partition(" ")
        text = request.META.get("HTTP_X_API_KEY", "") or (text.strip() if scheme.lower() == "bearer" else "")
        if not text:
            return None
        return AnonymousUser(), self._key(request, text)

    def _key(self, request: Request, text: str) -> ApiKey:
        """A caller with too many wrong keys is not looked up any more: limits of calls are checked only after this."""
        guesser, most = f"wrong keys {address_of(request)}", settings.API_ANONYMOUS_PER_MINUTE
        if (wait := used_up(guesser, most)) is not None and not keys.is_in_use(text):
            raise Throttled(wait)
        key = keys.find(text)
        if key is None:
            wait_for(guesser, most)
            raise AuthenticationFailed("This API key is unknown or was revoked. Ask the operators for a new one.")
        return key

    def authenticate_header(self, request: Request) -> str:
        return KEY_SCHEME


class Limit(BaseThrottle):
    """So many requests a minute: a key's own number, or the one of callers without a key, by address."""

    def allow_request(self, request: Request, view: Any) -> bool:
        key = request.auth
        if isinstance(key, ApiKey):
            self._wait = wait_for(f"key {key.prefix}", key.requests_per_minute)
        else:
            self._wait = wait_for(f"address {address_of(request)}", settings.API_ANONYMOUS_PER_MINUTE)
        return self._wait is None

    def wait(self) -> float | None:
        return self._wait


def is_staff(request: Request) -> bool:
    return bool(request.user and request.user.is_staff)


def may(request: Request, scope: str, station: str | None = None) -> bool:
    """Whether the caller has a key with this scope for this station, or a staff account."""
    key = request.auth
    return is_staff(request) or (isinstance(key, ApiKey) and key.allows(scope, station))


def require(request: Request, scope: str, station: str | None = None) -> None:
    """Refuse who may not."""
    if may(request, scope, station):
        return
    key = request.auth
    if isinstance(key, ApiKey):
        place = f" for {station}" if scope in key.scopes else ""
        raise ApiError(403, "forbidden", f"This key may not '{scope}'{place}. Ask the operators for one that may.")
    text = f"This needs an API key with the scope '{scope}'. Send it as 'Authorization: Bearer KEY'."
    raise ApiError(401, "not_authenticated", text)


def caller_key(request: Request) -> str:
    """The name of the caller's key in logs; empty without one."""
    return request.auth.prefix if isinstance(request.auth, ApiKey) else ""


def who(request: Request) -> str:
    """How records name the caller."""
    return f"key {caller_key(request)}" if caller_key(request) else str(request.user)
