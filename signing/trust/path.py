"""Where belief starts: trust anchors, and whether a certificate comes from one of them and may do what it did.

Paths are built and validated by pyhanko-certvalidator after RFC 5280 §6: names and signatures, validity at the moment
asked about, basic constraints, path length, name constraints, policies, critical extensions, algorithms of a closed
list. It is never let near a network, nor asked about revocation, which has three values here
(``signing.trust.revocation``).

Nobody else builds a path: messages, dossiers, time stamps and signatures of citizens are all judged here.
"""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, TypeVar

from asn1crypto import x509 as asn1
from pyhanko_certvalidator import ValidationContext, find_valid_path
from pyhanko_certvalidator.authority import CertTrustAnchor, derive_quals_from_cert
from pyhanko_certvalidator.errors import (
    DisallowedAlgorithmError,
    ExpiredError,
    NotYetValidError,
    PathError,
    ValidationError,
)
from pyhanko_certvalidator.policy_decl import PKIXValidationParams

from signing.keys.keypair import Certificate
from signing.trust.algorithms import OnlyStrongAlgorithms, has_issued
from signing.trust.purpose import Purpose, is_exempt, unfit
from signing.trust.revocation import (
    DEFAULT_GRACE,
    NO_VALUES,
    RevocationJudgement,
    RevocationStatus,
    RevocationValues,
    judge_revocation,
)
from signing.trust.strength import is_strong

__all__ = [
    "MOST_INTERMEDIATES",
    "CertificateStanding",
    "PathJudgement",
    "Purpose",
    "judge_path",
    "load_anchors",
    "load_intermediates",
]

MOST_INTERMEDIATES: Final = 8
"""Of one path's candidates: a mesh of a stranger's certificates has more paths than anyone can walk."""

R = TypeVar("R")


class CertificateStanding(Enum):
    """What can be said of a certificate at one moment; the first that applies, in this order."""

    NO_ANCHOR_GIVEN = "no anchor given"
    ISSUER_UNKNOWN = "issuer unknown"  # no chain of signatures leads to an anchor
    OUT_OF_VALIDITY = "out of validity"
    WEAK_ALGORITHM = "weak algorithm"
    PATH_INVALID = "path invalid"  # a constraint of RFC 5280 §6 is broken
    NOT_FOR_PURPOSE = "not for this purpose"
    REVOKED = "revoked"
    REVOCATION_UNKNOWN = "revocation unknown"  # only where it must be known
    TRUSTED = "trusted"


@dataclass(frozen=True, slots=True)
class PathJudgement:
    """``path``: leaf first, anchor last, empty where none was found. ``revocation``: one for each but the anchor.

    ``detail``: English, for people; empty when trusted.
    """

    standing: CertificateStanding
    path: tuple[Certificate, ...] = ()
    revocation: tuple[RevocationJudgement, ...] = ()
    detail: str = ""


def load_anchors(folder: Path) -> tuple[Certificate, ...]:
    """Read every ``*.pem`` of a folder, in the order of their names; an absent folder holds none."""
    return tuple(Certificate.from_pem(path.read_bytes()) for path in sorted(folder.glob("*.pem")))


def load_intermediates(folder: Path) -> tuple[Certificate, ...]:
    """Read every ``*.pem`` of ``intermediates/`` in the trust folder: links of paths, which prove nothing alone."""
    return load_anchors(folder / "intermediates")


def judge_path(
    certificate: Certificate,
    anchors: Sequence[Certificate],
    *,
    at: datetime,
    purpose: Purpose,
    intermediates: Sequence[Certificate] = (),
    values: RevocationValues = NO_VALUES,
    need_revocation: bool = False,
    grace: timedelta = DEFAULT_GRACE,
    known_at: datetime | None = None,
) -> PathJudgement:
    """Judge a certificate for ``purpose`` at ``at``, which may lie in the past.

    ``intermediates`` and ``values`` prove themselves; they may come from the file under judgement. For ``grace`` and
    ``known_at`` see ``judge_revocation``. Without ``need_revocation`` an unknown revocation does no harm, but a known
    one always does. An anchor does not vouch for itself.
    """
    if not anchors:
        return PathJudgement(CertificateStanding.NO_ANCHOR_GIVEN, detail="no trust anchor was given")
    found = _path(certificate, anchors, _related(certificate, intermediates), at)
    if isinstance(found, PathJudgement):
        return found
    if trouble := unfit(certificate, purpose):
        return PathJudgement(CertificateStanding.NOT_FOR_PURPOSE, found, detail=trouble)
    revocation = tuple(
        judge_revocation(child, issuer, values, at=at, grace=grace, known_at=known_at)
        for child, issuer in pairwise(found)
    )
    revocation_judgements = revocation[1:] if is_exempt(certificate, purpose) else revocation
    return _by_revocation(found, revocation, revocation_judgements, need_revocation=need_revocation)


def _by_revocation(
    path: tuple[Certificate, ...],
    all_of_them: tuple[RevocationJudgement, ...],
    revocation_judgements: tuple[RevocationJudgement, ...],
    *,
    need_revocation: bool,
) -> PathJudgement:
    for one in all_of_them:
        if one.status is RevocationStatus.REVOKED:
            return PathJudgement(CertificateStanding.REVOKED, path, all_of_them, one.detail)
    for one in revocation_judgements:
        if one.status is RevocationStatus.UNKNOWN and need_revocation:
            return PathJudgement(CertificateStanding.REVOCATION_UNKNOWN, path, all_of_them, one.detail)
    return PathJudgement(CertificateStanding.TRUSTED, path, all_of_them)


# --- the path -------------------------------------------------------------------------------------------------------


def _related(certificate: Certificate, intermediates: Sequence[Certificate]) -> list[Certificate]:
    """Those that signed the certificate, or one that did: nothing else can be on a path. At most MOST_INTERMEDIATES."""
    chain = [certificate]
    for child in chain:  # grows meanwhile
        for candidate in intermediates:
            if len(chain) <= MOST_INTERMEDIATES and candidate not in chain and has_issued(candidate, child):
                chain.append(candidate)
    return chain[1:]


def _path(
    certificate: Certificate, anchors: Sequence[Certificate], intermediates: list[Certificate], at: datetime
) -> tuple[Certificate, ...] | PathJudgement:
    roots = [
        anchor
        for anchor in anchors
        if anchor != certificate and any(has_issued(anchor, child) for child in (certificate, *intermediates))
    ]
    if not roots:
        return PathJudgement(
            CertificateStanding.ISSUER_UNKNOWN, detail=f"no path from {certificate.issuer} to a trust anchor"
        )
    try:
        context = ValidationContext(
            trust_roots=[_anchored(_asn1(root)) for root in roots],
            other_certs=[_asn1(held) for held in intermediates],
            moment=at,
            time_tolerance=timedelta(0),
            allow_fetching=False,
            algorithm_usage_policy=OnlyStrongAlgorithms(),
        )
        leaf = _asn1(certificate)
        paths = context.path_builder.async_build_paths_lazy(leaf)
        found = _finished(find_valid_path(leaf, paths, context))
    except Exception as trouble:  # noqa: BLE001 - its parser meets a stranger's bytes; its errors are no closed set
        return PathJudgement(_standing_of(trouble), detail=str(trouble))
    if not is_strong(certificate.public_key):
        return PathJudgement(CertificateStanding.WEAK_ALGORITHM, detail="its own key is weak")
    return tuple(Certificate.from_der(held.dump()) for held in reversed(list(found)))


def _anchored(root: asn1.Certificate) -> CertTrustAnchor:
    """An anchor with the limits of its certificate on lengths, names and time (RFC 5937 §3), but none on policies.

    RFC 5280 §6.1.1: of an anchor count its name and key; user-initial-policy-set is *any-policy*, and
    initial-explicit-policy not set. Roots name the policies that they themselves are run by, and authorities below
    them others: taken for demands they would break true paths. What a path demands of itself (policyConstraints of an
    authority on it) holds.
    """
    derived = derive_quals_from_cert(root)
    own = derived.standard_parameters
    names = own and PKIXValidationParams(
        initial_permitted_subtrees=own.initial_permitted_subtrees,
        initial_excluded_subtrees=own.initial_excluded_subtrees,
    )
    return CertTrustAnchor(root, replace(derived, standard_parameters=names))


def _standing_of(trouble: Exception) -> CertificateStanding:
    match trouble:
        case ExpiredError() | NotYetValidError():
            return CertificateStanding.OUT_OF_VALIDITY
        case DisallowedAlgorithmError():
            return CertificateStanding.WEAK_ALGORITHM
        case PathError():
            return CertificateStanding.ISSUER_UNKNOWN
        case _:
            return CertificateStanding.PATH_INVALID


def _finished(coroutine: Coroutine[Any, Any, R]) -> R:
    """Carry out what never waits: with fetching off the validator's coroutines only compute.

    An event loop of its own would forbid calls from within the loop that already runs.
    """
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: R = done.value
        return result
    coroutine.close()
    raise ValidationError("the path validator wanted to wait for something, which it must not")


def _asn1(certificate: Certificate) -> asn1.Certificate:
    return asn1.Certificate.load(certificate.der, strict=True)
