"""Errors of the signing package.

SigningError                  the root
├── SignatureRefused          the peer's message or file does not prove what it must; carries a stable code
├── CmsRefused                a CMS signature (RFC 5652) is no proof; translated by whoever asked for it to be read
├── TimestampRejected         a time-stamp authority refused, or its token does not prove what it must
├── TimestampUnavailable      no authority gave a good token in the set time; what waits for one waits on
├── SubjectUnclear            a certificate names its holder in a shape that no authority writes
├── OrderRefused              what we were given cannot be signed or judged as asked; whoever gave it mends it
├── KeyUnavailable            a token or signing service does not answer now; ask again later, nothing is at fault
└── KeyUnusable               a key or certificate of ours or of the registry cannot be used; an operator mends it
"""

from __future__ import annotations

from typing import ClassVar

from contracts.codes import Code, Disposition, Fault
from contracts.remedies import FoundTrouble


class SigningError(Exception):
    """Root of this package's errors."""


class SignatureRefused(SigningError):
    """A signature was judged and refused. The sender's fault, never a reason to try the same bytes again.

    ``detail`` is English, for logs; people read the text of ``code``. ``troubles``: where the form is wrong, all of it.
    """

    def __init__(
        self, code: Code, detail: str, troubles: tuple[FoundTrouble, ...] = (), fault: Fault | None = None
    ) -> None:
        super().__init__(f"{code.value}: {detail}")
        self.code = code
        self.detail = detail
        self.troubles = troubles
        self.fault = fault


class KeyUnusable(SigningError):
    """A key or certificate that we were given cannot be used; the message says which file and what to do."""

    disposition: ClassVar = Disposition.PARK


class KeyUnavailable(SigningError):
    """The token or service that holds a key does not answer now. Whatever waits for the signature is asked again."""

    disposition: ClassVar = Disposition.RETRY


class OrderRefused(SigningError):
    """The document, envelope or signature that we were given cannot be signed or judged, now or later."""

    disposition: ClassVar = Disposition.REJECT


class CmsRefused(SigningError):
    """A CMS SignedData is broken, its signature is wrong, or it is made of what we do not accept."""


class TimestampRejected(SigningError):
    """A time-stamp authority refused, or its token does not prove what it must. The authority's fault, or a forger's.

    ``detail`` is English, for logs and reports.
    """

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class TimestampUnavailable(SigningError):
    """No authority gave a good token in the set time. Nobody's message is at fault: ask again later."""


class SubjectUnclear(SigningError):
    """A certificate names its holder in a shape that no authority writes, or in two ways that differ."""
