"""Whether every file is the one that was signed: digests and checksums, one pass over each file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dossier.check.report import InspectionFinding, SubIndication
from dossier.check.zip_survey import ContainerError
from dossier.foreign.algorithms import DIGESTS
from dossier.foreign.archive import Archive, Fingerprint
from dossier.foreign.coverage import file_name_of
from dossier.foreign.signature import ForeignSignature
from dossier.foreign.wording import failed

Sub = SubIndication


def check_integrity(archive: Archive, signatures: Sequence[ForeignSignature]) -> Iterator[InspectionFinding]:
    """Unpack every file, also those that no signature covers: what cannot be unpacked whole is no container."""
    algorithms = {
        DIGESTS[reference.digest_method]
        for signature in signatures
        for reference in signature.references
        if reference.digest_method in DIGESTS
    }
    held: dict[str, Fingerprint] = {}
    for name in archive.names:
        try:
            held[name] = archive.fingerprint(name, sorted(algorithms))
        except ContainerError as error:
            yield failed(error.part, Sub.FORMAT_FAILURE, "broken", detail=error.detail)
            continue
        if not held[name].crc_fits:
            yield failed(name, Sub.FORMAT_FAILURE, "crc")
    for signature in signatures:
        yield from _compare(signature, held)


def _compare(signature: ForeignSignature, held: Mapping[str, Fingerprint]) -> Iterator[InspectionFinding]:
    for reference in signature.references:
        name = file_name_of(reference.uri)
        if name is None or name not in held or reference.digest_method not in DIGESTS:
            continue  # both are findings of other steps
        if held[name].digests[DIGESTS[reference.digest_method]] != reference.digest:
            yield failed(name, Sub.HASH_FAILURE, "digest", signature=signature.part)
