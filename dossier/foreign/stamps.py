"""The time stamps of a foreign signature: what each proves existed, and when, if its authority is believed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from dossier.check.report import InspectionFinding, SubIndication
from dossier.check.zip_survey import ContainerError
from dossier.foreign.algorithms import IS_EXCLUSIVE
from dossier.foreign.archive import Archive
from dossier.foreign.coverage import file_name_of
from dossier.foreign.errors import ContainerUnreadable
from dossier.foreign.markup import at_most_one, canonical
from dossier.foreign.signature import EmbeddedStamp, ForeignSignature
from dossier.foreign.value import signed_properties
from dossier.foreign.wording import failed, undecided
from signing.errors import TimestampRejected
from signing.timestamps.token import TimestampToken, read_token
from signing.trust.path import CertificateStanding, PathJudgement, Purpose
from signing.trust.proof import TrustInputs
from signing.xades.values import DS


class StampedSignature:
    """One signature with its files. The files are read once per digest, however many archive stamps are over them."""

    def __init__(self, archive: Archive, signature: ForeignSignature) -> None:
        self.signature = signature
        self._archive = archive
        self._covered: dict[str, Any] = {}  # hashlib's objects have no public type

    def digest(self, stamp: EmbeddedStamp, name: str) -> bytes:
        """By the ``hashlib`` name. Raises ``Unreadable`` or ``ContainerError`` where something is not there."""
        if all(stamp is not archive_stamp for archive_stamp in self.signature.archive_stamps):
            digest, pieces = hashlib.new(name), self._canonical(stamp, ("SignatureValue",))
        else:
            digest, pieces = self._over_files(name), self._archived(stamp)
        for piece in pieces:
            digest.update(piece)
        return bytes(digest.digest())

    def _over_files(self, name: str) -> Any:  # noqa: ANN401
        if name not in self._covered:
            digest = hashlib.new(name)
            for piece in self._files():
                digest.update(piece)
            self._covered[name] = digest
        return self._covered[name].copy()

    def _files(self) -> Iterator[bytes]:
        """All that is signed, in the order of the references; a file named twice would be read without end."""
        if len({reference.uri for reference in self.signature.covered}) < len(self.signature.covered):
            raise ContainerUnreadable("one file is covered twice")
        for reference in self.signature.covered:
            name = file_name_of(reference.uri)
            if reference is self.signature.properties:
                yield signed_properties(self.signature)
            elif name is None or not self._archive.holds(name):
                raise ContainerUnreadable("what an archive time stamp covers is not there")
            else:
                yield from self._archive.chunks(name)

    def _archived(self, stamp: EmbeddedStamp) -> Iterator[bytes]:
        """The signature, its key, and the unsigned properties before the stamp.

        The only Object is the one that holds the properties, so there is none to add at the end.
        """
        yield from self._canonical(stamp, ("SignedInfo", "SignatureValue", "KeyInfo"))
        for before in reversed(list(stamp.node.itersiblings(preceding=True))):
            yield canonical(before, exclusive=IS_EXCLUSIVE[stamp.canonicalization])

    def _canonical(self, stamp: EmbeddedStamp, names: Sequence[str]) -> Iterator[bytes]:
        for name in names:
            node = at_most_one(self.signature.node, f"{{{DS}}}{name}")
            if node is not None:
                yield canonical(node, exclusive=IS_EXCLUSIVE[stamp.canonicalization])


SKEW: Final = timedelta(minutes=5)

Sub = SubIndication
UNTRUSTED: Final = {
    CertificateStanding.NO_ANCHOR_GIVEN: Sub.NO_CERTIFICATE_CHAIN_FOUND,
    CertificateStanding.ISSUER_UNKNOWN: Sub.NO_CERTIFICATE_CHAIN_FOUND,
    CertificateStanding.OUT_OF_VALIDITY: Sub.OUT_OF_BOUNDS_NO_POE,
    CertificateStanding.WEAK_ALGORITHM: Sub.CRYPTO_CONSTRAINTS_FAILURE,
    CertificateStanding.PATH_INVALID: Sub.CHAIN_CONSTRAINTS_FAILURE,
    CertificateStanding.NOT_FOR_PURPOSE: Sub.CHAIN_CONSTRAINTS_FAILURE,
    CertificateStanding.REVOKED: Sub.REVOKED_NO_POE,
    CertificateStanding.REVOCATION_UNKNOWN: Sub.TRY_LATER,
}


@dataclass(frozen=True, slots=True)
class Existence:
    """``since``: the moment at which the signature is proven to have existed; None when only the signer says so."""

    since: datetime | None
    findings: tuple[InspectionFinding, ...]


def judge_stamps(archive: Archive, signature: ForeignSignature, evidence: TrustInputs) -> Existence:
    """EN 319 102-1 §5.6.3: archive stamps first, newest first; each holds up what it covers at its own time."""
    findings: list[InspectionFinding] = []
    stamped = StampedSignature(archive, signature)
    control = evidence.now
    for stamp in reversed(signature.archive_stamps):
        moments = [_judge(token, signature, evidence, control) for token in _read(stamped, stamp, findings)]
        control = _earliest(moments, findings) or control
    moments = []
    for stamp in signature.stamps:
        moments += [_judge(token, signature, evidence, control) for token in _read(stamped, stamp, findings)]
    return Existence(_earliest(moments, findings), tuple(findings))


def _earliest(moments: Sequence[datetime | InspectionFinding], findings: list[InspectionFinding]) -> datetime | None:
    findings += [moment for moment in moments if isinstance(moment, InspectionFinding)]
    return min((moment for moment in moments if isinstance(moment, datetime)), default=None)


def _read(
    stamped: StampedSignature, stamp: EmbeddedStamp, findings: list[InspectionFinding]
) -> Iterator[TimestampToken]:
    """Tokens that are intact and over what they must be over; what is wrong with the others goes to ``findings``."""
    signature = stamped.signature
    if stamp.canonicalization not in IS_EXCLUSIVE:
        algorithm = stamp.canonicalization[:200]
        findings.append(undecided(signature.part, Sub.SIG_CONSTRAINTS_FAILURE, "algorithm", algorithm=algorithm))
        return
    for der in stamp.tokens:
        try:
            token = read_token(der)
            if stamped.digest(stamp, token.digest_name) == token.digest:
                yield token
            else:
                findings.append(failed(signature.part, Sub.HASH_FAILURE, "stamp_of_other", at=token.gen_time))
        except TimestampRejected as error:
            findings.append(undecided(signature.part, Sub.SIG_CONSTRAINTS_FAILURE, "stamp", detail=error.detail))
        except (ContainerUnreadable, ContainerError) as error:
            findings.append(failed(signature.part, Sub.FORMAT_FAILURE, "unreadable", detail=error.detail))


def _judge(
    token: TimestampToken, signature: ForeignSignature, evidence: TrustInputs, control: datetime
) -> datetime | InspectionFinding:
    """The moment that the token proves, or why it proves none. ``control``: until when its authority must hold."""
    if token.gen_time > evidence.now + SKEW:
        return undecided(signature.part, Sub.TIMESTAMP_ORDER_FAILURE, "stamp_in_future", at=token.gen_time)
    if signature.signed_at > token.gen_time + SKEW:
        key = "signed_after_stamp"
        return undecided(signature.part, Sub.TIMESTAMP_ORDER_FAILURE, key, at=signature.signed_at, stamp=token.gen_time)
    for moment in (token.gen_time, max(control, token.gen_time)):
        judged = _path(token, evidence, moment)
        if judged.standing is not CertificateStanding.TRUSTED:
            name, sub = token.authority.subject, UNTRUSTED[judged.standing]
            return undecided(signature.part, sub, "stamp_authority", authority=name, detail=judged.detail)
    return token.gen_time


def _path(token: TimestampToken, evidence: TrustInputs, moment: datetime) -> PathJudgement:
    """Revocation is looked at where the container has answers: few writers enclose any for the authority."""
    return evidence.judge(token.authority, at=moment, purpose=Purpose.TIME_STAMPS, beside=token.certificates)
