"""What is what in a foreign container: its kind, its files, its signatures (EN 319 162-1 §4.3 and §4.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dossier.check.report import ContainerKind, InspectionFinding, SubIndication
from dossier.check.zip_survey import ContainerError
from dossier.foreign.archive import Archive
from dossier.foreign.wording import failed, undecided
from dossier.packaging.zip_form import STORED

MIMETYPE: Final = "mimetype"
MANIFEST: Final = "META-INF/manifest.xml"
TYPES: Final = {
    b"application/vnd.etsi.asic-e+zip": ContainerKind.ASIC_E,
    b"application/vnd.etsi.asic-s+zip": ContainerKind.ASIC_S,
}
_COMMENTED: Final = "mimetype="
_FOLDER: Final = "META-INF/"
_ONLY_SIGNATURE: Final = "META-INF/signatures.xml"
_SIGNATURES: Final = re.compile(r"META-INF/[^/]*signatures[^/]*\.xml")
_CADES: Final = re.compile(r"META-INF/[^/]*\.(p7s|tst)|META-INF/ASiC[^/]*Manifest[^/]*\.xml")

Sub = SubIndication


@dataclass(frozen=True, slots=True)
class Contents:
    """Names by the part that they play. ``others``: of META-INF, neither manifest nor signature."""

    kind: ContainerKind
    data: tuple[str, ...]
    signatures: tuple[str, ...]
    others: tuple[str, ...]


def sort_contents(archive: Archive) -> Contents:
    """Sort the files; the kind is UNKNOWN unless ``mimetype`` names one that we judge."""
    kind = _kind(archive)
    inside = [name for name in archive.names if name.startswith(_FOLDER)]
    signatures = [name for name in inside if _is_signature(name, kind)]
    return Contents(
        kind=kind,
        data=tuple(name for name in archive.names if name != MIMETYPE and not name.startswith(_FOLDER)),
        signatures=tuple(signatures),
        others=tuple(name for name in inside if name != MANIFEST and name not in signatures),
    )


def check_mimetype(archive: Archive, contents: Contents) -> Iterator[InspectionFinding]:
    """Annex A.1: the very first file, stored, with nothing around it, so that the type stands at byte 38."""
    first = archive.members[0] if archive.members else None
    is_plain = first is not None and first.name == MIMETYPE and first.method == STORED and not first.has_extra
    if contents.kind is ContainerKind.UNKNOWN or not is_plain:
        yield failed(MIMETYPE, Sub.FORMAT_FAILURE, "mimetype")
    media_type = archive.comment.partition(_COMMENTED)[2]  # some writers name the type there once more
    if media_type and TYPES.get(media_type.encode()) is not contents.kind:
        yield failed("ZIP end record", Sub.FORMAT_FAILURE, "mimetype_in_comment", detail=media_type)


def check_contents(contents: Contents) -> Iterator[InspectionFinding]:
    """Whether there is something to judge, and nothing that we would pass over."""
    if not contents.data:
        yield failed("ZIP", Sub.FORMAT_FAILURE, "no_data")
    if contents.kind is ContainerKind.ASIC_S and (len(contents.data) > 1 or any("/" in name for name in contents.data)):
        yield failed(contents.data[-1], Sub.FORMAT_FAILURE, "not_simple")
    for name in contents.others:
        if _CADES.fullmatch(name):
            yield undecided(name, Sub.SIG_CONSTRAINTS_FAILURE, "cades")
        else:
            yield failed(name, Sub.FORMAT_FAILURE, "not_covered")
    if not contents.signatures:
        yield undecided(_FOLDER, Sub.NO_SIGNING_CERTIFICATE_FOUND, "no_signature")


def _kind(archive: Archive) -> ContainerKind:
    try:
        written = archive.read(MIMETYPE, limit_bytes=max(map(len, TYPES)))
    except ContainerError:
        return ContainerKind.UNKNOWN
    return TYPES.get(written, ContainerKind.UNKNOWN)


def _is_signature(name: str, kind: ContainerKind) -> bool:
    if kind is ContainerKind.ASIC_S:
        return name == _ONLY_SIGNATURE
    return _SIGNATURES.fullmatch(name) is not None
