"""What came of knocking at a party's door without asking it to do anything: step by step, as far as it went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class ProbeStep(StrEnum):
    """From us to the party's software, in the order of the way."""

    NAME = "name"  # the address of the host in the endpoint
    CONNECT = "connect"  # TCP
    TLS = "tls"  # the handshake, with the authorities that deliveries are sent by; not for http
    ANSWER = "answer"  # GET of its description (?wsdl): read, never acted on


@dataclass(frozen=True, slots=True)
class ProbeStepResult:
    """``words``: what was found, or the network's or the peer's own words of why not; English, unverified."""

    step: ProbeStep
    is_good: bool
    took: timedelta
    words: str


@dataclass(frozen=True, slots=True)
class SeenCertificate:
    """What the host shows in the handshake, believed or not. ``serial``: hexadecimal. ``sha256``: of its DER bytes."""

    subject: str
    issuer: str
    serial: str
    not_after: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class Probed:
    """The steps that were taken; the last is the one that failed, if one did."""

    endpoint: str
    steps: tuple[ProbeStepResult, ...]
    certificate: SeenCertificate | None = None

    @property
    def is_good(self) -> bool:
        """Whether the party's software was reached and answered."""
        return all(one.is_good for one in self.steps)
