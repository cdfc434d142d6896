"""Carry the proof of a dossier further: B-B to B-T, B-T to B-LT, B-LT to B-LTA, and B-LTA on (EN 319 132-1 §5.3–5.5).

What is under the signature never changes; only what stands behind it grows, in a new file. The outside comes in as
``Sources``: who stamps, and who answers for a certificate. Blocking; callers run it in a thread.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Final

from dossier.check.subject import InspectedContainer, signed_contents
from dossier.packaging import layout
from dossier.packaging.container import Container, ContainerWriter
from signing.keys.keypair import Certificate
from signing.timestamps.token import Stamp, TimestampToken, read_token
from signing.trust.path import CertificateStanding, Purpose
from signing.trust.proof import TrustInputs
from signing.trust.revocation import RevocationStatus, RevocationValues, judge_revocation
from signing.xades.container import (
    ArchiveStamp,
    ReadSignature,
    SignatureUnreadable,
    ValidationValues,
    XadesLevel,
    archived_digests,
    read_signature,
    rebuild,
    stamped_bytes,
)

ORDER: Final = (XadesLevel.B, XadesLevel.T, XadesLevel.LT, XadesLevel.LTA)

AskRevocation = Callable[[Certificate, Certificate], RevocationValues]
"""A certificate and its issuer → what authorities say of it now, DER as received; empty when nobody answers."""


class ExtensionImpossible(Exception):
    """The proof cannot be carried further now: the words, English, say of what and why. The file is as it was."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The outside of an extension. ``stamp`` raises ``TimestampUnavailable``."""

    stamp: Stamp
    revocation_of: AskRevocation
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Added:
    """One thing that was added. ``at``: the time of a token; ``certificates`` and ``answers`` count values."""

    level: XadesLevel
    at: datetime | None = None
    certificates: int = 0
    answers: int = 0


def extend(subject: InspectedContainer, to: XadesLevel, sources: Sources) -> Iterator[tuple[ReadSignature, Added]]:
    """The signature after each step up to ``to``; of a B-LTA a further archive time stamp. Reads the container only.

    ``subject``: inspected, and not failed. Nothing is given when the level is there already. Raises
    ``ExtensionImpossible`` and what ``sources.stamp`` raises.
    """
    signature = subject.signature
    if signature is None:
        raise ExtensionImpossible(f"the signature cannot be read: {subject.signature_trouble}")
    is_renewal = signature.unsigned.level is XadesLevel.LTA and to is XadesLevel.LTA
    while is_renewal or ORDER.index(signature.unsigned.level) < ORDER.index(to):
        signature, added = _STEPS[signature.unsigned.level](subject, signature, sources)
        _require_readable(signature)
        yield signature, added
        is_renewal = False


def _require_readable(signature: ReadSignature) -> None:
    """Nothing is written that a check could not read: lists of revoked certificates know no bound, a parser does."""
    try:
        read_signature(rebuild(signature))
    except SignatureUnreadable as error:
        raise ExtensionImpossible(f"what was fetched is too much for one signature file: {error}") from error


def write_extended(container: Container, signature: ReadSignature, target: Path) -> None:
    """Copy every file but the signature as it is. Raises ``FileExistsError``: nothing is ever written over.

    An empty ``target`` holds the name until the whole is there; sticks and shares know no hard links.
    """
    fresh = target.with_name(f".{target.name}.new")
    target.open("xb").close()
    try:
        with fresh.open("wb") as stream:
            _copy(container, signature, ContainerWriter(stream))
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(target)
    except BaseException:
        target.unlink()
        raise
    finally:
        fresh.unlink(missing_ok=True)


def _copy(container: Container, signature: ReadSignature, writer: ContainerWriter) -> None:
    for name in container.names:
        if name == layout.SIGNATURE:
            writer.add(name, rebuild(signature))
        else:
            writer.copy(container, name)
    writer.close()


# --- one step each --------------------------------------------------------------------------------------------------


def _stamped(_: InspectedContainer, signature: ReadSignature, sources: Sources) -> tuple[ReadSignature, Added]:
    """B-T: the token proves that the signature exists from now on, no earlier."""
    token = sources.stamp(hashlib.sha256(stamped_bytes(signature)).digest())
    added = Added(XadesLevel.T, at=read_token(token).gen_time)
    return replace(signature, unsigned=replace(signature.unsigned, token=token)), added


def _with_values(
    subject: InspectedContainer, signature: ReadSignature, sources: Sources
) -> tuple[ReadSignature, Added]:
    """B-LT: for the signer at the time that the token proves, and for the token's authority now."""
    token = read_token(signature.unsigned.token or b"")
    trust_inputs = replace(subject.trust_inputs, now=sources.clock())
    signer = _path(trust_inputs, signature.certificate, token.gen_time, Purpose.SEALS)
    stamper = _path(trust_inputs, token.authority, trust_inputs.now, Purpose.TIME_STAMPS, token)
    values = _gathered((signer, stamper), (token.gen_time, trust_inputs.now), sources)
    added = Added(XadesLevel.LT, certificates=len(values.certificates), answers=_count(values))
    return replace(signature, unsigned=replace(signature.unsigned, values=values)), added


def _archived(subject: InspectedContainer, signature: ReadSignature, sources: Sources) -> tuple[ReadSignature, Added]:
    """B-LTA: over the files and everything before; a renewal first keeps what proves the archive stamp before it."""
    unsigned = signature.unsigned
    values = _values_of_last(subject, signature, sources) if unsigned.archives else ValidationValues()
    waiting = replace(signature, unsigned=replace(unsigned, archives=(*unsigned.archives, ArchiveStamp(b"", values))))
    digests = archived_digests(waiting, signed_contents(subject.container, signature))
    token = sources.stamp(digests[len(unsigned.archives)])
    archives = (*unsigned.archives, ArchiveStamp(token, values))
    added = Added(XadesLevel.LTA, read_token(token).gen_time, len(values.certificates), _count(values))
    return replace(signature, unsigned=replace(unsigned, archives=archives)), added


_STEPS: Final = {
    XadesLevel.B: _stamped,
    XadesLevel.T: _with_values,
    XadesLevel.LT: _archived,
    XadesLevel.LTA: _archived,
}


# --- what a later verifier needs ------------------------------------------------------------------------------------


def _values_of_last(subject: InspectedContainer, signature: ReadSignature, sources: Sources) -> ValidationValues:
    token = read_token(signature.unsigned.archives[-1].token)
    trust_inputs = replace(subject.trust_inputs, now=sources.clock())
    path = _path(trust_inputs, token.authority, trust_inputs.now, Purpose.TIME_STAMPS, token)
    return _gathered((path,), (trust_inputs.now,), sources)


def _path(
    trust_inputs: TrustInputs,
    certificate: Certificate,
    at: datetime,
    purpose: Purpose,
    token: TimestampToken | None = None,
) -> tuple[Certificate, ...]:
    """Leaf first, anchor last. A revoked certificate has a path, too: what was said of it is kept for the judge."""
    judged = trust_inputs.judge(certificate, at=at, purpose=purpose, beside=token.certificates if token else ())
    if judged.standing not in {CertificateStanding.TRUSTED, CertificateStanding.REVOKED}:
        raise ExtensionImpossible(
            f"{certificate.subject}, at {at.isoformat()}: {judged.standing.value}. {judged.detail}"
        )
    return judged.path


def _gathered(
    paths: tuple[tuple[Certificate, ...], ...], moments: tuple[datetime, ...], sources: Sources
) -> ValidationValues:
    """The certificates above each leaf, and an answer for each below the anchor."""
    certificates: dict[Certificate, None] = {}
    revocation = RevocationValues()
    pending: set[Certificate] = set()
    for path, at in zip(paths, moments, strict=True):
        certificates |= dict.fromkeys(path[1:])
        for certificate, issuer in pairwise(path):
            if certificate not in pending:
                revocation += _revocation_of(certificate, issuer, at, sources)
                pending.add(certificate)
    return ValidationValues(tuple(certificates), _once(revocation))


def _revocation_of(certificate: Certificate, issuer: Certificate, at: datetime, sources: Sources) -> RevocationValues:
    answers = sources.revocation_of(certificate, issuer)
    judged = judge_revocation(certificate, issuer, answers, at=at, known_at=sources.clock())
    if judged.status is RevocationStatus.UNKNOWN:
        raise ExtensionImpossible(f"no authority says whether {certificate.subject} was revoked: {judged.detail}")
    return answers


def _once(values: RevocationValues) -> RevocationValues:
    """One list may answer for several certificates."""
    return RevocationValues(tuple(dict.fromkeys(values.ocsp)), tuple(dict.fromkeys(values.crls)))


def _count(values: ValidationValues) -> int:
    return len(values.revocation.ocsp) + len(values.revocation.crls)
