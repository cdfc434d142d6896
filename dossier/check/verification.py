"""Judge any container: a dossier of ours by its exact forms, all others by the standard that they claim to follow."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from dossier.check.inspection import inspect_container
from dossier.check.report import VerificationReport
from dossier.check.zip_survey import ContainerError
from dossier.erds.inspection import inspect_evidence
from dossier.erds.record_xml import EVIDENCE, RECORD
from dossier.foreign.archive import Archive
from dossier.foreign.inspection import inspect_foreign
from dossier.packaging import layout
from signing.keys.keypair import Certificate

_OURS: Final = frozenset({layout.DESCRIPTION, layout.EVENTS})
_EVIDENCE: Final = frozenset({EVIDENCE, RECORD})
_SCANNED_BYTES: Final = 64 * 1024


def verify_container(path: Path, anchors: Sequence[Certificate], *, now: datetime) -> VerificationReport:
    """Inspect by whichever rules apply; the report's ``kind`` says by which.

    A dossier can only be taken for a foreign container by losing both files that make it one. It is then judged as
    what it has become, and the report says that it is no dossier. ``OSError`` when the file cannot be read at all.
    """
    inspect = _inspection_of(path)
    return inspect(path, anchors, now=now)


def _inspection_of(path: Path) -> Callable[..., VerificationReport]:
    """By the names in its list: one of a dossier's, or both of a file of evidence, whose names others use too.

    Where the list cannot be read, by whether such names stand near an end.
    """
    try:
        with Archive.open(path) as archive:
            names: Container[str] = frozenset(archive.names)
    except ContainerError:
        with path.open("rb") as stream:
            start = stream.read(_SCANNED_BYTES)
            stream.seek(max(0, path.stat().st_size - _SCANNED_BYTES))
            names = (start + stream.read()).decode("latin-1")
    if any(name in names for name in _OURS):
        return inspect_container
    return inspect_evidence if all(name in names for name in _EVIDENCE) else inspect_foreign
