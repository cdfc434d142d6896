"""Pack the evidence of one message into one sealed container (ASiC-E with XAdES), readable without us."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import BinaryIO

from dossier.erds.evidence_xml import build_evidence
from dossier.erds.record import MessageRecord
from dossier.erds.record_xml import EVIDENCE, LEAVES, RECORD, build_record, envelope_path
from dossier.ledger.form import ledger_files
from dossier.ledger.merkle import LedgerEvidence
from dossier.packaging import layout
from dossier.packaging.container import ContainerWriter
from dossier.packaging.manifest import CONTAINER_TYPE, build_manifest, media_type_of
from signing.keys.keypair import Certificate, SigningKey
from signing.timestamps.token import Stamp, TimestampUnavailable
from signing.xades.container import SignedFile, XadesLevel, build_signature


@dataclass(frozen=True, slots=True)
class Traced:
    """Everything kept about one message. ``envelopes``: by SHA-256 (hex), byte for byte.

    ``certificates``: of the parties, and whatever helps to judge the seal. ``leaves``: ledger records of the message
    (RFC 8785 JSON, which holds no line end) that are under a seal; ``ledger`` proves them, by their number from 1.
    """

    record: MessageRecord
    envelopes: Mapping[str, bytes] = field(repr=False)
    certificates: tuple[Certificate, ...] = ()
    leaves: tuple[bytes, ...] = ()
    ledger: LedgerEvidence | None = None


def pack(stream: BinaryIO, traced: Traced, key: SigningKey, stamp: Stamp | None = None) -> XadesLevel:
    """Write the file to ``stream``, which is seekable and empty; signed as of the record's ``made_at``.

    Blocking. B-T with ``stamp``, and B-B without one or when no authority answers; returns which. Raises SigningError.
    """
    writer = ContainerWriter(stream)
    writer.add(layout.MIMETYPE, CONTAINER_TYPE.encode())
    signed = [SignedFile(name, media_type_of(name), writer.add(name, data)) for name, data in files_of(traced)]
    writer.add(layout.MANIFEST, build_manifest(file.name for file in signed))
    signature, level = _signature(signed, traced, key, stamp)
    writer.add(layout.SIGNATURE, signature)
    writer.close()
    return level


def _signature(
    signed: Sequence[SignedFile], traced: Traced, key: SigningKey, stamp: Stamp | None
) -> tuple[bytes, XadesLevel]:
    if stamp is not None:
        with suppress(TimestampUnavailable):
            return build_signature(signed, key, signed_at=traced.record.made_at, stamp=stamp), XadesLevel.T
    return build_signature(signed, key, signed_at=traced.record.made_at), XadesLevel.B


def files_of(traced: Traced) -> Iterator[tuple[str, bytes]]:
    """Every file under the signature, in the container's order."""
    yield EVIDENCE, build_evidence(traced.record)
    yield RECORD, build_record(traced.record)
    for digest in traced.record.envelopes():
        yield envelope_path(digest), traced.envelopes[digest]
    for certificate in dict.fromkeys(traced.certificates):
        yield layout.certificate_path(certificate.sha256), certificate.to_pem()
    if traced.ledger is not None:
        yield LEAVES, b"".join(leaf + b"\n" for leaf in traced.leaves)
        yield from ((file.name, file.content) for file in ledger_files(traced.ledger))
