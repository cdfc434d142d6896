"""META-INF/manifest.xml as others write it (OpenDocument 1.2 part 3 §4): every file once, with its media type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from dossier.check.report import ContainerKind, InspectionFinding, SubIndication
from dossier.check.zip_survey import ContainerError
from dossier.foreign.archive import Archive
from dossier.foreign.contents import MANIFEST, TYPES, Contents
from dossier.foreign.errors import ContainerUnreadable
from dossier.foreign.markup import children, parse
from dossier.foreign.wording import failed
from dossier.packaging.manifest import NAMESPACE

LIMIT_BYTES: Final = 4 * 1024 * 1024
_N: Final = f"{{{NAMESPACE}}}"
_ATTRIBUTES: Final = frozenset(
    f"{_N}{name}" for name in ("version", "full-path", "media-type", "size", "preferred-view-mode")
)

Sub = SubIndication


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """One file-entry, as it stands there."""

    path: str
    media_type: str


def read_manifest(archive: Archive) -> tuple[ManifestEntry, ...]:
    """Raises ``Unreadable``, and ``ContainerError`` when it is absent."""
    data = archive.read(MANIFEST, limit_bytes=LIMIT_BYTES)
    root = parse(data, limit_bytes=LIMIT_BYTES, attributes=_ATTRIBUTES)
    if root.tag != f"{_N}manifest":
        raise ContainerUnreadable("its root is not the manifest of OpenDocument")
    entries = children(root, [f"{_N}file-entry"])
    if any(len(entry) for entry in entries):
        raise ContainerUnreadable("it speaks of encryption")
    return tuple(ManifestEntry(entry.get(f"{_N}full-path", ""), entry.get(f"{_N}media-type", "")) for entry in entries)


def check_manifest(archive: Archive, contents: Contents) -> Iterator[InspectionFinding]:
    """The manifest against the files, both ways. A container of one file may do without."""
    if contents.kind is ContainerKind.ASIC_S and not archive.holds(MANIFEST):
        return
    try:
        entries = read_manifest(archive)
    except ContainerUnreadable as error:
        yield failed(MANIFEST, Sub.FORMAT_FAILURE, "unreadable", detail=error.detail)
        return
    except ContainerError as error:
        yield failed(error.part, Sub.FORMAT_FAILURE, "broken", detail=error.detail)
        return
    yield from _compare(entries, archive, contents)


def _compare(entries: tuple[ManifestEntry, ...], archive: Archive, contents: Contents) -> Iterator[InspectionFinding]:
    counted = Counter(entry.path for entry in entries)
    for path, times in counted.items():
        if path != "/" and not archive.holds(path):
            yield failed(path, Sub.FORMAT_FAILURE, "manifest_without_file")
        if times > 1:
            yield failed(path, Sub.FORMAT_FAILURE, "manifest_twice")
    for name in contents.data:
        if name not in counted:
            yield failed(name, Sub.FORMAT_FAILURE, "not_in_manifest")
    own = [TYPES.get(entry.media_type.encode()) for entry in entries if entry.path == "/"]
    if own != [contents.kind]:
        yield failed(MANIFEST, Sub.FORMAT_FAILURE, "manifest_type")


def media_types(archive: Archive) -> Mapping[str, str]:
    """Media type by name, for those who compare; empty where there is no readable manifest."""
    try:
        return {entry.path: entry.media_type for entry in read_manifest(archive)}
    except (ContainerUnreadable, ContainerError):
        return {}
