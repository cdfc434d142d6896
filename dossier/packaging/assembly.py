"""Assemble a dossier: describe, print, pack, sign, stamp. Blocking; callers run it in a thread.

Documents are copied through once, hashed on the way, and held to the digest that their sender named; nothing of
theirs is ever in memory as a whole. The target appears only when it is complete.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

import rfc8785

from dossier.case.event_form import event_bytes
from dossier.case.events import Event
from dossier.case.record import CaseDocument, KeptMessage
from dossier.packaging import layout
from dossier.packaging.container import ContainerError, ContainerWriter
from dossier.packaging.describe import describe, in_shown_order, message_bytes
from dossier.packaging.description import DocumentEntry, DossierDescription, MessageEntry
from dossier.packaging.description_xml import build_description
from dossier.packaging.evidence import evidence_files
from dossier.packaging.manifest import CONTAINER_TYPE, build_manifest, media_type_of
from dossier.packaging.material import DossierInput, Salt
from dossier.packaging.silence import act_bytes, default_acts
from dossier.print.summary import build_summary
from signing.keys.keypair import SigningKey
from signing.timestamps.token import Stamp, TimestampUnavailable
from signing.xades.container import SignedFile, XadesLevel, build_signature

__all__ = ["AssembledDossier", "DocumentChanged", "DossierInput", "Salt", "assemble"]


class DocumentChanged(Exception):
    """A stored document is not what its sender named. The store's fault: no dossier may be built from it."""


@dataclass(frozen=True, slots=True)
class AssembledDossier:
    """A finished container at ``path``, durable; ``level`` is the XAdES level.

    It has no digest yet: a header is completed after its file was copied, so the whole is hashed by whoever keeps it.
    """

    path: Path
    size: int
    level: str
    file_name: str


def assemble(given: DossierInput, key: SigningKey, target: Path, stamp: Stamp | None = None) -> AssembledDossier:
    """Write the dossier to ``target``, replacing it whole. Raises ``DocumentChanged`` and ``NothingToDescribe``.

    B-T with ``stamp``, else B-B. The level is stated under the signature, so before the token is there: when no
    token comes after all, the whole is written anew as what it then is. Callers who know that the authority is away
    give no ``stamp`` and spare themselves that.
    """
    if stamp is not None:
        with suppress(TimestampUnavailable):
            return _assemble(given, describe(given, XadesLevel.T), key, target, stamp)
    return _assemble(given, describe(given, XadesLevel.B), key, target, None)


def _assemble(
    given: DossierInput, description: DossierDescription, key: SigningKey, target: Path, stamp: Stamp | None
) -> AssembledDossier:
    fresh = target.with_name(f".{target.name}.new")
    try:
        with fresh.open("w+b") as stream:
            _pack(ContainerWriter(stream), given, description, key, stamp)
            stream.flush()
            os.fsync(stream.fileno())
            size = stream.tell()
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
    named = layout.safe_name(given.appeal_number.replace("/", "_"))  # another system's numbers may hold a slash
    file_name = f"{named}-dossier-{given.dossier_no}.asice"
    return AssembledDossier(target, size, description.level, file_name)


def _pack(
    writer: ContainerWriter, given: DossierInput, description: DossierDescription, key: SigningKey, stamp: Stamp | None
) -> None:
    """Mimetype first, then what is signed, then the manifest over it and the signature over that, last."""
    writer.add(layout.MIMETYPE, CONTAINER_TYPE.encode())
    signed = [SignedFile(name, media_type_of(name), add(writer)) for name, add in _files(given, description)]
    writer.add(layout.MANIFEST, build_manifest(file.name for file in signed))
    writer.add(layout.SIGNATURE, build_signature(signed, key, signed_at=given.assembled_at, stamp=stamp))
    writer.close()


_Add = Callable[[ContainerWriter], bytes]
"""Writes one file and returns its SHA-256 (32 bytes)."""


def _files(given: DossierInput, description: DossierDescription) -> Iterator[tuple[str, _Add]]:
    """Every file under the signature in the container's order; each is made only when its turn comes."""
    yield _at_hand(layout.DESCRIPTION, build_description(description))
    acts = default_acts(description, given.case.events)
    yield _at_hand(layout.SUMMARY, build_summary(description, acts))
    for entry, document in zip(description.documents, in_shown_order(given.documents), strict=True):
        if entry.in_dossier is None:
            yield entry.file, partial(_copy, entry, document)
    for message, kept in zip(description.messages, given.messages, strict=True):
        yield from _message_files(message, kept)
    for default, act in zip(description.defaults, acts, strict=True):
        yield _at_hand(default.file, act_bytes(act))
    yield _at_hand(layout.EVENTS, events_file(given.case.events))
    yield _at_hand(layout.SALTS, salts_file(given.salts))
    for file in evidence_files(given):
        yield _at_hand(file.name, file.data)


def _at_hand(name: str, data: bytes) -> tuple[str, _Add]:
    return name, lambda writer: writer.add(name, data)


def _message_files(entry: MessageEntry, kept: KeptMessage) -> Iterator[tuple[str, _Add]]:
    yield _at_hand(entry.message.file, message_bytes(kept))
    if entry.receipt is not None and kept.receipt is not None:
        yield _at_hand(entry.receipt.file, kept.receipt)


def _copy(entry: DocumentEntry, document: CaseDocument, writer: ContainerWriter) -> bytes:
    source: BinaryIO
    with document.open() as source:
        try:
            digest = writer.add_stream(entry.file, source, document.ref.size)
        except ContainerError as error:
            raise DocumentChanged(f"document {document.ref.document_id}: {error.detail}") from error
    if digest.hex() != document.ref.sha256:
        raise DocumentChanged(
            f"document {document.ref.document_id} has digest {digest.hex()}, not {document.ref.sha256}"
        )
    return digest


def events_file(events: Sequence[Event]) -> bytes:
    """The event bytes (RFC 8785 JSON, which holds no line end), one a line: the SHA-256 of a line is its leaf."""
    return b"".join(event_bytes(event) + b"\n" for event in events)


def salts_file(salts: Sequence[Salt]) -> bytes:
    """RFC 8785 JSON: a list of subject and salt (base64url, unpadded), in the order of the events."""
    listed = [{"salt": urlsafe_b64encode(salt.salt).decode().rstrip("="), "subject": salt.subject} for salt in salts]
    return rfc8785.dumps({"salts": listed})
