"""How the authorities can be bent out of shape, each service by itself, live."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any


class AuthorityService(StrEnum):
    """What the authorities answer on; the path of the service is its name."""

    TSA = "tsa"
    OCSP = "ocsp"
    CRL = "crl"


class Misconduct(StrEnum):
    """The ways to misbehave. A service to which one has no meaning goes on as before."""

    SILENT = "silent"  # takes the request, never answers
    SLOW = "slow"  # answers ``seconds`` later
    RESETS = "resets"  # closes the connection in place of an answer
    BROKEN = "broken"  # HTTP 500
    RUBBISH = "rubbish"  # 200, the right content type, bytes that are none of its answers
    HTML = "html"  # 200 and a page, as a proxy in between would send
    ENDLESS = "endless"  # more bytes than any answer has
    REFUSES = "refuses"  # the protocol's own refusal: PKIFailureInfo, or OCSP's tryLater
    WRONG_DIGEST = "wrong_digest"  # tsa: a true token over something else
    WRONG_NONCE = "wrong_nonce"  # a true answer to another request
    STRANGER = "stranger"  # answers under a key that nobody certified
    EXPIRED = "expired"  # tsa: a certificate that has ended
    STALE = "stale"  # ocsp, crl: true once, over by now
    WRONG_CERTIFICATE = "wrong_certificate"  # ocsp: about another certificate than was asked for


@dataclass(frozen=True, slots=True)
class AuthorityBend:
    """One way to misbehave of one service, for the next ``times`` requests; None: until straightened."""

    service: AuthorityService
    kind: Misconduct
    seconds: float = 0.0
    times: int | None = None


class AuthorityBends:
    """The bends in force, at most one of a service."""

    def __init__(self) -> None:
        self._bends: dict[AuthorityService, AuthorityBend] = {}

    def put(self, bend: AuthorityBend) -> None:
        self._bends[bend.service] = bend

    def straighten(self, service: AuthorityService | None = None) -> None:
        """All of them, or one service's."""
        if service is None:
            self._bends.clear()
        else:
            self._bends.pop(service, None)

    def take(self, service: AuthorityService) -> AuthorityBend | None:
        """The bend of this service, if in force; counts as one of its occasions."""
        bend = self._bends.get(service)
        if bend is None or bend.times is None:
            return bend
        if bend.times <= 1:
            del self._bends[service]
        else:
            self._bends[service] = replace(bend, times=bend.times - 1)
        return bend

    def __iter__(self) -> Iterator[AuthorityBend]:
        return iter(self._bends.values())


def bend_of(entry: Mapping[str, Any]) -> AuthorityBend:
    """A bend from JSON. Raises ValueError for a service, a kind or an entry that does not exist."""
    if unknown := sorted(set(entry) - {"service", "kind", "seconds", "times"}):
        raise ValueError(f"unknown entries: {', '.join(unknown)}")
    times = entry.get("times")
    return AuthorityBend(
        service=AuthorityService(entry.get("service", "")),
        kind=Misconduct(entry.get("kind", "")),
        seconds=float(entry.get("seconds", 0.0)),
        times=None if times is None else int(times),
    )
