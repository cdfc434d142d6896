"""What a provider says of itself (OpenID Connect Discovery 1.0 §3). No I/O: its document in, its addresses out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from connectors.ports.identity import ProviderAway


@dataclass(frozen=True, slots=True)
class ProviderDescription:
    """Of the provider, as of ``read_at``.

    ``end_session``: where one signs out there (RP-Initiated Logout 1.0 §2.1); None where it offers none that we could
    send a browser to. ``by_post``: it takes the secret in the form only.
    """

    authorize: str
    token: str
    keys: str
    end_session: str | None
    by_post: bool
    read_at: datetime


def read_description(form: Mapping[str, Any], issuer: str, *, now: datetime) -> ProviderDescription:
    """What it says of itself counts only if it says that it is this issuer (§4.3). Raises ProviderAway."""
    if form.get("issuer") != issuer:
        raise ProviderAway("the provider describes itself as another issuer")
    methods = form.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return ProviderDescription(
        _required(form, "authorization_endpoint", issuer),
        _required(form, "token_endpoint", issuer),
        _required(form, "jwks_uri", issuer),
        _place(form, "end_session_endpoint", issuer),
        "client_secret_basic" not in methods and "client_secret_post" in methods,
        now,
    )


def _required(form: Mapping[str, Any], name: str, issuer: str) -> str:
    place = _place(form, name, issuer)
    if place is None:
        raise ProviderAway(f"the provider's {name} is no address by https")
    return place


def _place(form: Mapping[str, Any], name: str, issuer: str) -> str | None:
    """By https, as the issuer itself; a provider on this machine may do without."""
    place = form.get(name)
    if not isinstance(place, str) or not place.isprintable():
        return None
    try:
        parts = urlsplit(place)
    except ValueError:
        return None
    is_address = parts.scheme in {"https", urlsplit(issuer).scheme} and bool(parts.hostname)
    return place if is_address and not parts.fragment else None
