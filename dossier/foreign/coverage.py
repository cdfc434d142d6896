"""What the signatures cover: every reference a file, every file a reference, and the media type that was signed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import unquote

from dossier.check.report import InspectionFinding, SubIndication
from dossier.foreign.archive import Archive
from dossier.foreign.contents import Contents
from dossier.foreign.signature import ForeignReference, ForeignSignature
from dossier.foreign.wording import failed, undecided

Sub = SubIndication


def file_name_of(uri: str) -> str | None:
    """The file that a reference names (RFC 3986 §2.1, UTF-8; «+» is a plus). None when it leads out of the container.

    No scheme, host, query, fragment or absolute path: ``file:`` and ``http:`` are where other verifiers go astray.
    """
    if not uri or uri.startswith("/") or any(mark in uri for mark in ":?#\\"):
        return None
    try:
        return unquote(uri, errors="strict")
    except UnicodeDecodeError:
        return None


def check_coverage(
    archive: Archive, contents: Contents, signatures: Sequence[ForeignSignature], types: Mapping[str, str]
) -> Iterator[InspectionFinding]:
    """Both ways. ``types``: media type by name, as the manifest has it; a file that it leaves out is not compared."""
    covered: set[str] = set()
    for signature in signatures:
        names = [file_name_of(reference.uri) for reference in signature.references]
        covered.update(name for name in names if name is not None)
        for reference, name in zip(signature.references, names, strict=True):
            yield from _reference(archive, signature, reference, name)
        for name, times in Counter(names).items():
            if name is not None and times > 1:
                yield failed(name, Sub.FORMAT_FAILURE, "covered_twice", signature=signature.part)
        yield from _formats(signature, types)
    for name in contents.data:
        if name not in covered:
            yield failed(name, Sub.FORMAT_FAILURE, "not_covered")


def _reference(
    archive: Archive, signature: ForeignSignature, reference: ForeignReference, name: str | None
) -> Iterator[InspectionFinding]:
    if name is None:
        yield undecided(signature.part, Sub.SIG_CONSTRAINTS_FAILURE, "leads_outside", uri=reference.uri[:200])
    elif not archive.holds(name):
        yield undecided(name[:200], Sub.SIGNED_DATA_NOT_FOUND, "taken_out", signature=signature.part)
    if reference.transforms or reference.has_parameters:
        yield undecided(signature.part, Sub.SIG_CONSTRAINTS_FAILURE, "transformed", uri=reference.uri[:200])


def _formats(signature: ForeignSignature, types: Mapping[str, str]) -> Iterator[InspectionFinding]:
    """EN 319 132-1 §6.3: one DataObjectFormat for each file, else nobody knows as what it was signed."""
    named = {reference.id: file_name_of(reference.uri) for reference in signature.references if reference.id}
    counted = Counter(form.reference_id for form in signature.formats)
    for reference in signature.references:
        if counted[reference.id or ""] != 1:
            part = file_name_of(reference.uri) or signature.part
            yield undecided(part, Sub.SIG_CONSTRAINTS_FAILURE, "no_format", signature=signature.part)
    for form in signature.formats:
        if form.reference_id not in named:
            yield failed(signature.part, Sub.FORMAT_FAILURE, "format_of_nothing", reference=form.reference_id)
        name = named.get(form.reference_id)
        if name is not None and types.get(name, form.media_type) != form.media_type:
            yield failed(
                name,
                Sub.FORMAT_FAILURE,
                "media_type",
                signed=form.media_type,
                listed=types[name],
                signature=signature.part,
            )
