"""Errors of the signing package.

SigningError                  the root
├── SignatureRefused          the peer's message or file does not prove what it must; carries a stable code
└── KeyUnusable               a key or certificate of ours or of the registry cannot be used; an operator mends it
"""

from __future__ import annotations

from contracts.codes import Code


class SigningError(Exception):
    """Root of this package's errors."""


class SignatureRefused(SigningError):
    """A signature was judged and refused. The sender's fault, never a reason to try the same bytes again.

    ``detail`` is English, for logs; people read the text of ``code``.
    """

    def __init__(self, code: Code, detail: str) -> None:
        super().__init__(f"{code.value}: {detail}")
        self.code = code
        self.detail = detail


class KeyUnusable(SigningError):
    """A key or certificate that we were given cannot be used; the message says which file and what to do."""
