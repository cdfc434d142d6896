"""Steps 1 to 7 and the last: whether the container and its signature have the one form that we write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest
from typing import Final

from dossier.check.report import InspectionFinding
from dossier.check.report import SubIndication as Sub
from dossier.check.subject import InspectedContainer, StepFindings
from dossier.check.wording import failed
from dossier.packaging import layout
from dossier.packaging.manifest import CONTAINER_TYPE, build_manifest, media_type_of
from signing.xades.container import ReadSignature, names_its_certificate, rebuild, verify_value

ZIP: Final = "ZIP"


def check_structure(subject: InspectedContainer) -> StepFindings:
    """The raw ZIP is as we write it."""
    flaws = (failed(flaw.part, Sub.FORMAT_FAILURE, "flaw", detail=flaw.detail) for flaw in subject.container.flaws)
    return StepFindings(tuple(flaws), ZIP, {"count": len(subject.container.names)})


def check_mimetype(subject: InspectedContainer) -> StepFindings:
    """``mimetype`` is first and exact."""
    is_first = subject.container.names[:1] == (layout.MIMETYPE,)
    if is_first and subject.equals(layout.MIMETYPE, CONTAINER_TYPE.encode()):
        return StepFindings((), layout.MIMETYPE)
    return StepFindings.one(failed(layout.MIMETYPE, Sub.FORMAT_FAILURE, "mimetype"))


def check_signature_form(subject: InspectedContainer) -> StepFindings:
    """The signature file, with all that was added to it, equals its canonical rebuild."""
    if subject.signature is None:
        trouble = subject.signature_trouble
        return StepFindings.one(failed(layout.SIGNATURE, Sub.FORMAT_FAILURE, "unreadable", detail=trouble))
    if not subject.equals(layout.SIGNATURE, rebuild(subject.signature)):
        return StepFindings.one(failed(layout.SIGNATURE, Sub.FORMAT_FAILURE, "not_canonical"))
    return StepFindings((), layout.SIGNATURE)


def check_manifest(subject: InspectedContainer) -> StepFindings:
    """The manifest equals the one that the names give."""
    if not subject.container.holds(layout.MANIFEST):
        return StepFindings.one(failed(layout.MANIFEST, Sub.FORMAT_FAILURE, "missing"))
    if not subject.equals(layout.MANIFEST, build_manifest(subject.covered)):
        return StepFindings.one(failed(layout.MANIFEST, Sub.FORMAT_FAILURE, "not_canonical"))
    return StepFindings((), layout.MANIFEST)


def check_coverage(subject: InspectedContainer) -> StepFindings:
    """Every file is covered by exactly one reference, in order; none is extra, none is missing."""
    if subject.signature is None:
        return StepFindings.blocked(layout.SIGNATURE)
    return StepFindings(tuple(_uncovered(subject, subject.signature)), layout.SIGNATURE)


def _uncovered(subject: InspectedContainer, signature: ReadSignature) -> Iterator[InspectionFinding]:
    present, signed = subject.covered, Counter(file.name for file in signature.files)
    for name in present:
        if name not in signed:
            yield failed(name, Sub.FORMAT_FAILURE, "not_covered")
    for name, times in signed.items():
        if name not in present:
            yield failed(name, Sub.FORMAT_FAILURE, "taken_out")
        elif times > 1:
            yield failed(name, Sub.FORMAT_FAILURE, "covered_twice")
    if set(present) == set(signed):
        for name, file in zip_longest(present, signature.files):
            if file is not None and (file.name != name or file.media_type != media_type_of(file.name)):
                yield failed(file.name, Sub.FORMAT_FAILURE, "covered_out_of_order")


def check_digests(subject: InspectedContainer) -> StepFindings:
    """Every file has the digest that its reference states."""
    if subject.signature is None:
        return StepFindings.blocked(layout.SIGNATURE)
    changed = (
        failed(file.name, Sub.HASH_FAILURE, "digest")
        for file in subject.signature.files
        if subject.container.holds(file.name) and subject.checksums[file.name][0] != file.sha256
    )
    return StepFindings(tuple(changed), layout.SIGNATURE, {"count": len(subject.signature.files)})


def check_value(subject: InspectedContainer) -> StepFindings:
    """The embedded certificate made the signature value, and is the one that SigningCertificateV2 names."""
    signature = subject.signature
    if signature is None:
        return StepFindings.blocked(layout.SIGNATURE)
    findings = []
    if not names_its_certificate(signature):
        findings.append(failed(layout.SIGNATURE, Sub.FORMAT_FAILURE, "other_certificate"))
    if not verify_value(signature):
        findings.append(failed(layout.SIGNATURE, Sub.SIG_CRYPTO_FAILURE, "signature"))
    return StepFindings(tuple(findings), layout.SIGNATURE, {"signer": signature.certificate.subject})


def check_whole(subject: InspectedContainer) -> StepFindings:
    """The whole container equals its re-assembly: headers rebuilt, checksums counted, order kept."""
    names = subject.container.names
    findings = [
        failed(name, Sub.FORMAT_FAILURE, "crc") for name, (_, crc_fits) in subject.checksums.items() if not crc_fits
    ]
    if names[-2:] != (layout.MANIFEST, layout.SIGNATURE) or names[:1] != (layout.MIMETYPE,):
        findings.append(failed(ZIP, Sub.FORMAT_FAILURE, "order"))
    flawed = dict.fromkeys(flaw.part for flaw in subject.container.flaws)
    findings += [failed(part, Sub.FORMAT_FAILURE, "not_canonical") for part in flawed]
    return StepFindings(tuple(findings), ZIP)
