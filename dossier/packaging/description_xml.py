"""``dossier.xml``: the description's one XML form, and the reading of it back.

The codec of the contract writes and reads it: same rules (a field is an element, a tuple repeats it), but in the
dossier's own namespace, which is declared once, on the root, and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from lxml import etree

from contracts import codec, xmlsafe
from contracts.errors import ContractError, Violation
from contracts.operations import NAMESPACE as CODEC_NAMESPACE
from dossier.packaging.description import DossierDescription

NAMESPACE: Final = "urn:dalel:dossier:v1"
LIMIT_BYTES: Final = 64 * 1024 * 1024
SCHEMA: Final = Path(__file__).parent.parent / "xsd" / "dossier.xsd"

_OURS: Final = f'<d:dossier xmlns:d="{NAMESPACE}">'.encode()
_OTHER_MARKUP: Final = re.compile(rb"<(?!/?d:[A-Za-z0-9]+>)")
_CODECS: Final = f'<d:dossier xmlns:d="{CODEC_NAMESPACE}">'.encode()


class DescriptionUnreadable(Exception):
    """The bytes are no ``dossier.xml``; ``violations`` lists what breaks the schema, with lines."""

    def __init__(self, detail: str, violations: tuple[Violation, ...] = ()) -> None:
        super().__init__(detail)
        self.violations = violations


def build_description(description: DossierDescription) -> bytes:
    """Canonical bytes; raises ``NotRepresentable`` for text that XML cannot hold."""
    return _OURS + codec.encode("dossier", description).encode().removeprefix(_CODECS)


def parse_description(data: bytes) -> DossierDescription:
    """Values of a schema-valid ``dossier.xml``. Raises ``DescriptionUnreadable``, also for any other spelling."""
    validate_description(data)
    try:
        root = _parse(_CODECS + data.removeprefix(_OURS))
        description = codec.decode(DossierDescription, root)
        rebuilt = build_description(description)
    except (ContractError, ValueError) as error:
        raise DescriptionUnreadable(str(error)) from error
    if rebuilt != data:
        raise DescriptionUnreadable("it is not spelt as we write it")
    return description


def validate_description(data: bytes) -> None:
    """Hold ``data`` against ``dossier.xsd``. Raises ``DescriptionUnreadable`` with all violations."""
    if not data.startswith(_OURS) or _OTHER_MARKUP.search(data, len(_OURS)):
        raise DescriptionUnreadable("it holds markup that we do not write")
    try:
        root = _parse(data)
    except ContractError as error:
        raise DescriptionUnreadable(str(error)) from error
    schema = _schema()
    if not schema.validate(root):
        violations = tuple(Violation(entry.line, entry.path or "", entry.message) for entry in _log(schema))
        raise DescriptionUnreadable(f"it breaks its schema: {violations[0].message}", violations)


def _parse(data: bytes) -> etree._Element:
    """Only our own tags are left here, so the word ``xmlns`` in what a party wrote is no declaration.

    Counting it would let one party's text make everybody's dossier unreadable.
    """
    return xmlsafe.parse(data, limit_bytes=LIMIT_BYTES, max_namespaces=LIMIT_BYTES)


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMA))


def _log(schema: etree.XMLSchema) -> Iterator[etree._LogEntry]:
    yield from schema.error_log  # type: ignore[misc]  # the stub has no __iter__
