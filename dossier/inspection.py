"""Inspect a dossier offline: what holds, what does not, and in which part.

The steps, in this order; the same numbers stand at the code and in the report:

 1. The raw ZIP is as we write it: one end record at the very end, files one behind the other from byte 0, local and
    central headers equal, names unique and safe, nothing compressed, hidden, before or behind.
 2. ``mimetype`` is first and exact.
 3. ``META-INF/signatures0.xml`` equals its canonical rebuild from the values read.
 4. ``META-INF/manifest.xml`` equals the one that the names give.
 5. Every file is covered by exactly one reference, in order; none is extra, none is missing.
 6. Every file has the digest that its reference states.
 7. The embedded certificate made the signature value, and is the one that SigningCertificateV2 names.
 8. The certificate comes from an anchor, was in force when it signed and still is, and is meant for seals.
 9. ``dossier.xml`` is valid and agrees with the container (``dossier.agreement``).
10. Every message kept has its digest and its own signature (``dossier.keptmessages``).
11. The whole container equals its re-assembly: headers rebuilt, checksums counted, order kept.

A failure stops nothing that can still be looked at, so that a report names all that is wrong. ASiC-E verifiers in use
accept stray bytes in several of these places; we do not, since two programs could then see two dossiers.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from typing import Final

from dossier import layout, wording
from dossier.agreement import check_agreement
from dossier.container import Container, ContainerError
from dossier.description import Description
from dossier.description_xml import LIMIT_BYTES, DescriptionUnreadable, parse_description
from dossier.keptmessages import check_messages
from dossier.manifest import CONTAINER_TYPE, build_manifest, media_type_of
from dossier.report import Finding, Step, SubIndication, Verdict, VerificationReport, conclude
from dossier.wording import failed, undecided
from signing.keys import Certificate
from signing.trust import Purpose, Standing, judge_path
from signing.xades import (
    LEVEL,
    SIGNATURE_LIMIT_BYTES,
    ReadSignature,
    SignatureUnreadable,
    names_its_certificate,
    read_signature,
    rebuild,
    verify_value,
)

SKEW: Final = timedelta(minutes=5)
MANIFEST_LIMIT_BYTES: Final = 8 * 1024 * 1024
_ZIP: Final = "ZIP"

Sub = SubIndication


@dataclass(frozen=True, slots=True)
class Found:
    """What one step has to say: findings, and the values for its words when there are none."""

    findings: tuple[Finding, ...]
    part: str
    values: Mapping[str, object]


def inspect_container(path: Path, anchors: Sequence[Certificate], *, now: datetime) -> VerificationReport:
    """Carry out the steps of the module docstring. Blocking; memory does not grow with the documents.

    ``anchors`` empty: everything is checked but trust, which then stays undecided. Never raises for the content of
    the file; ``OSError`` when it cannot be read at all.
    """
    try:
        container = Container.open(path)
    except ContainerError as error:
        return _report(path, now, _closed(error), None)
    with container:
        inspection = Inspection(container, tuple(anchors), now)
        return _report(path, now, tuple(inspection.steps()), inspection)


class Inspection:
    """One container under inspection; what steps share is read once, and None where it cannot be read."""

    def __init__(self, container: Container, anchors: tuple[Certificate, ...], now: datetime) -> None:
        self.container = container
        self.anchors = anchors
        self.now = now

    def steps(self) -> Iterator[Step]:
        """Every step, whatever the ones before it found."""
        checks: tuple[Callable[[], Found], ...] = (
            self._structure,
            self._mimetype,
            self._signature_form,
            self._manifest,
            self._coverage,
            self._digests,
            self._signature_value,
            self._trust,
            self._agreement,
            self._messages,
            self._whole,
        )
        for number, check in enumerate(checks, 1):
            yield _step(number, check())

    # --- read once ---

    @cached_property
    def signature(self) -> ReadSignature | None:
        return self._signature_or_reason[0]

    @cached_property
    def description(self) -> Description | None:
        return self._description_or_reason[0]

    @cached_property
    def checksums(self) -> Mapping[str, tuple[bytes, bool]]:
        """SHA-256 of every file and whether its CRC-32 fits; one pass over the container."""
        return {name: self.container.checksums(name) for name in self.container.names}

    @cached_property
    def _signature_or_reason(self) -> tuple[ReadSignature | None, str]:
        try:
            return read_signature(self.container.read(layout.SIGNATURE, limit_bytes=SIGNATURE_LIMIT_BYTES)), ""
        except ContainerError as error:
            return None, error.detail
        except SignatureUnreadable as error:
            return None, str(error)

    @cached_property
    def _description_or_reason(self) -> tuple[Description | None, str]:
        try:
            return parse_description(self.container.read(layout.DESCRIPTION, limit_bytes=LIMIT_BYTES)), ""
        except ContainerError as error:
            return None, error.detail
        except DescriptionUnreadable as error:
            return None, str(error)

    @property
    def _covered(self) -> tuple[str, ...]:
        """What the signature must cover: all but the signature itself and the two files that are re-derived."""
        return tuple(name for name in self.container.names if name not in layout.UNSIGNED)

    # --- the steps ---

    def _structure(self) -> Found:  # 1
        flaws = (failed(flaw.part, Sub.FORMAT_FAILURE, "flaw", detail=flaw.detail) for flaw in self.container.flaws)
        return Found(tuple(flaws), _ZIP, {"count": len(self.container.names)})

    def _mimetype(self) -> Found:  # 2
        expected = CONTAINER_TYPE.encode()
        is_first = self.container.names[:1] == (layout.MIMETYPE,)
        if is_first and self._equals(layout.MIMETYPE, expected):
            return _fine(layout.MIMETYPE)
        return _one(failed(layout.MIMETYPE, Sub.FORMAT_FAILURE, "mimetype"))

    def _signature_form(self) -> Found:  # 3
        read, reason = self._signature_or_reason
        if read is None:
            return _one(failed(layout.SIGNATURE, Sub.FORMAT_FAILURE, "unreadable", detail=reason))
        if not self._equals(layout.SIGNATURE, rebuild(read)):
            return _one(failed(layout.SIGNATURE, Sub.FORMAT_FAILURE, "not_canonical"))
        return _fine(layout.SIGNATURE)

    def _manifest(self) -> Found:  # 4
        if not self.container.holds(layout.MANIFEST):
            return _one(failed(layout.MANIFEST, Sub.FORMAT_FAILURE, "missing"))
        if not self._equals(layout.MANIFEST, build_manifest(self._covered)):
            return _one(failed(layout.MANIFEST, Sub.FORMAT_FAILURE, "not_canonical"))
        return _fine(layout.MANIFEST)

    def _coverage(self) -> Found:  # 5
        if self.signature is None:
            return _blocked(layout.SIGNATURE)
        return Found(tuple(self._uncovered(self.signature)), layout.SIGNATURE, {})

    def _uncovered(self, signature: ReadSignature) -> Iterator[Finding]:
        present, signed = self._covered, Counter(file.name for file in signature.files)
        for name in present:
            if name not in signed:
                yield failed(name, Sub.FORMAT_FAILURE, "not_covered")
        for name, times in signed.items():
            if name not in present:
                yield failed(name, Sub.SIGNED_DATA_NOT_FOUND, "taken_out")
            elif times > 1:
                yield failed(name, Sub.FORMAT_FAILURE, "covered_twice")
        if set(present) == set(signed):
            for name, file in zip_longest(present, signature.files):
                if file is not None and (file.name != name or file.media_type != media_type_of(file.name)):
                    yield failed(file.name, Sub.FORMAT_FAILURE, "covered_out_of_order")

    def _digests(self) -> Found:  # 6
        if self.signature is None:
            return _blocked(layout.SIGNATURE)
        changed = (
            failed(file.name, Sub.HASH_FAILURE, "digest")
            for file in self.signature.files
            if self.container.holds(file.name) and self.checksums[file.name][0] != file.sha256
        )
        return Found(tuple(changed), layout.SIGNATURE, {"count": len(self.signature.files)})

    def _signature_value(self) -> Found:  # 7
        if self.signature is None:
            return _blocked(layout.SIGNATURE)
        findings = []
        if not names_its_certificate(self.signature):
            findings.append(failed(layout.SIGNATURE, Sub.NO_SIGNING_CERTIFICATE_FOUND, "other_certificate"))
        if not verify_value(self.signature):
            findings.append(failed(layout.SIGNATURE, Sub.SIG_CRYPTO_FAILURE, "signature"))
        return Found(tuple(findings), layout.SIGNATURE, {"signer": self.signature.certificate.subject})

    def _trust(self) -> Found:  # 8
        if self.signature is None:
            return _blocked(layout.SIGNATURE)
        signed_at, signer = self.signature.signed_at, self.signature.certificate.subject
        if signed_at > self.now + SKEW:
            return _one(failed(layout.SIGNATURE, Sub.SIG_CONSTRAINTS_FAILURE, "signed_in_future", at=signed_at))
        # Without a time stamp the signer's own claim of time proves nothing once the certificate is over.
        for moment in (signed_at, self.now):
            judged = judge_path(self.signature.certificate, self.anchors, at=moment, purpose=Purpose.SEALS)
            if judged.standing is not Standing.TRUSTED:
                sub, key = _UNTRUSTED.get(judged.standing, (Sub.CHAIN_CONSTRAINTS_FAILURE, "path_invalid"))
                return _one(undecided(layout.SIGNATURE, sub, key, signer=signer, at=moment, detail=judged.detail))
        return Found((), layout.SIGNATURE, {"at": signed_at})

    def _agreement(self) -> Found:  # 9
        description, reason = self._description_or_reason
        if description is None:
            return _one(failed(layout.DESCRIPTION, Sub.FORMAT_FAILURE, "unreadable", detail=reason))
        digests = {name: digest for name, (digest, _) in self.checksums.items()}
        signed_at = self.signature.signed_at if self.signature else None
        findings, values = check_agreement(self.container, description, digests, signed_at=signed_at)
        return Found(findings, layout.DESCRIPTION, values)

    def _messages(self) -> Found:  # 10
        if self.description is None:
            return _blocked(layout.DESCRIPTION)
        findings, count = check_messages(self.container, self.description)
        return Found(findings, "messages/", {"count": count})

    def _whole(self) -> Found:  # 11
        names = self.container.names
        findings = [
            failed(name, Sub.FORMAT_FAILURE, "crc") for name, (_, crc_fits) in self.checksums.items() if not crc_fits
        ]
        if names[-2:] != (layout.MANIFEST, layout.SIGNATURE) or names[:1] != (layout.MIMETYPE,):
            findings.append(failed(_ZIP, Sub.FORMAT_FAILURE, "order"))
        flawed = dict.fromkeys(flaw.part for flaw in self.container.flaws)
        findings += [failed(part, Sub.FORMAT_FAILURE, "not_canonical") for part in flawed]
        return Found(tuple(findings), _ZIP, {})

    def _equals(self, name: str, expected: bytes) -> bool:
        try:
            return self.container.read(name, limit_bytes=len(expected)) == expected
        except ContainerError:
            return False


_UNTRUSTED: Final = {
    Standing.NO_ANCHOR_GIVEN: (Sub.NO_CERTIFICATE_CHAIN_FOUND, "no_anchor"),
    Standing.ISSUER_UNKNOWN: (Sub.NO_CERTIFICATE_CHAIN_FOUND, "issuer_unknown"),
    Standing.OUT_OF_VALIDITY: (Sub.OUT_OF_BOUNDS_NO_POE, "out_of_validity"),
    Standing.NOT_FOR_PURPOSE: (Sub.CHAIN_CONSTRAINTS_FAILURE, "not_for_seals"),
}


# --- putting the report together ------------------------------------------------------------------------------------


def _fine(part: str) -> Found:
    return Found((), part, {})


def _one(finding: Finding) -> Found:
    return Found((finding,), finding.part, {})


def _blocked(part: str) -> Found:
    return _one(undecided(part, Sub.FORMAT_FAILURE, "blocked", detail=part))


def _closed(error: ContainerError) -> tuple[Step, ...]:
    """The report of a file whose list of contents cannot be made out: the first step fails, the others cannot run."""
    first = _one(failed(error.part, Sub.FORMAT_FAILURE, "not_a_container", detail=error.detail))
    return (_step(1, first), *(_step(number, _blocked(_ZIP)) for number in range(2, 12)))


def _step(number: int, found: Found) -> Step:
    title = wording.title_of(number)
    if not found.findings:
        return Step(number, title, Verdict.PASSED, found.part, wording.passed_text(number, **found.values))
    worst = min(found.findings, key=lambda finding: finding.verdict is not Verdict.FAILED)
    return Step(number, title, worst.verdict, worst.part, worst.text, found.findings)


def _report(path: Path, now: datetime, steps: tuple[Step, ...], inspection: Inspection | None) -> VerificationReport:
    signature = inspection.signature if inspection else None
    description = inspection.description if inspection else None
    indication, sub_indication = conclude(steps)
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    return VerificationReport(
        file_name=path.name,
        size=path.stat().st_size,
        sha256=sha256,
        inspected_at=now,
        appeal_number=description.appeal_number if description else None,
        signer=signature.certificate.subject if signature else None,
        signed_at=signature.signed_at if signature else None,
        level=LEVEL if signature else None,
        steps=steps,
        indication=indication,
        sub_indication=sub_indication,
    )
