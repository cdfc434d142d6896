"""Errors of the contract package.

ContractError                 the root: carries a stable code and, where known, violations
├── NotReadable               bytes that are no acceptable XML (NotXml, DoctypeForbidden, TooLarge)
├── NotValid                  XML that breaks the schema or a rule beside it; lists *all* violations
└── NotRepresentable          a value that has no XML form (ours: a bug, never the peer's fault)
"""

from __future__ import annotations

from dataclasses import dataclass

from contracts.codes import Code, Fault


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: ``line`` counts from 1 in the document as received, 0 when it has no place there."""

    line: int
    path: str
    message: str


class ContractError(Exception):
    """Root of this package's errors. ``detail`` is English, for logs; people read the text of ``code``.

    ``fault``: what a SOAP fault says for it, where that is another than the code's own.
    """

    def __init__(
        self, code: Code, detail: str, violations: tuple[Violation, ...] = (), fault: Fault | None = None
    ) -> None:
        super().__init__(f"{code.value}: {detail}")
        self.code = code
        self.detail = detail
        self.violations = violations
        self.fault = fault


class NotReadable(ContractError):
    """The bytes are not XML that we are ready to read. The sender's fault."""


class NotValid(ContractError):
    """The document breaks the schema or a rule beside it. The sender's fault; every violation is listed."""


class NotRepresentable(ContractError):
    """A value of ours cannot be written as XML. Our fault."""
