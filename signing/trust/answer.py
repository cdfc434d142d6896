"""One answer of an authority about one certificate, proven to be the authority's; whether it is fresh comes later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RevocationStatus(StrEnum):
    """Three values, on purpose: «unknown» is neither of the others."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


class WhyUnknown(StrEnum):
    """Why nothing is known of a certificate's revocation. None of them is good, and none becomes so by waiting."""

    PATH_INVALID = "path_invalid"  # what leads to an anchor breaks RFC 5280 §6, or is signed by weak algorithms
    NO_PATH = "no_path"  # nothing leads to an anchor, or what did is over
    NOBODY_NAMED = "nobody_named"  # neither the certificate nor the settings name an authority to ask
    NO_ANSWER = "no_answer"  # silence, refusal, or an answer that does not prove itself


class AnswerSource(StrEnum):
    """By which protocol an authority answered."""

    OCSP = "ocsp"
    CRL = "crl"


@dataclass(frozen=True, slots=True)
class AuthorityAnswer:
    """Signed by the authority, about the very certificate. ``next_update`` None: it promised no next answer.

    ``is_hold``: the revocation may be lifted again (certificateHold).
    """

    source: AnswerSource
    status: RevocationStatus  # GOOD or REVOKED
    this_update: datetime
    next_update: datetime | None
    revoked_at: datetime | None = None
    reason: str | None = None
    is_hold: bool = False


@dataclass(frozen=True, slots=True)
class RevocationAnswer:
    """An answer byte for byte (DER, unverified), and the URL we had it from."""

    source: AnswerSource
    url: str
    der: bytes


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What came of asking about one certificate: the answer that decides, if there is one, and who gave none.

    ``was_asked``: whether there was anybody to ask.
    """

    answer: RevocationAnswer | None
    troubles: tuple[str, ...]
    was_sent: bool = True


class NoAnswer(Exception):
    """These bytes say nothing about the certificate; the words say why. Connectors catch it, too."""
