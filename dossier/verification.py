"""Judge any container: a dossier of ours by its exact forms, all others by the standard that they claim to follow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from dossier import layout
from dossier.foreign.archive import Archive
from dossier.foreign.inspection import inspect_foreign
from dossier.inspection import inspect_container
from dossier.report import VerificationReport
from dossier.zipsurvey import ContainerError
from signing.keys import Certificate

_OURS: Final = frozenset({layout.DESCRIPTION, layout.EVENTS})
_LOOKED_AT_BYTES: Final = 64 * 1024


def verify_container(path: Path, anchors: Sequence[Certificate], *, now: datetime) -> VerificationReport:
    """Inspect by whichever rules apply; the report's ``kind`` says by which.

    A dossier can only be taken for a foreign container by losing both files that make it one. It is then judged as
    what it has become, and the report says that it is no dossier. ``OSError`` when the file cannot be read at all.
    """
    inspect = inspect_container if _is_ours(path) else inspect_foreign
    return inspect(path, anchors, now=now)


def _is_ours(path: Path) -> bool:
    """By the names in its list; where that cannot be read, by whether our description's name stands near an end."""
    try:
        with Archive.open(path) as archive:
            return not _OURS.isdisjoint(archive.names)
    except ContainerError:
        with path.open("rb") as stream:
            start = stream.read(_LOOKED_AT_BYTES)
            stream.seek(max(0, path.stat().st_size - _LOOKED_AT_BYTES))
            return layout.DESCRIPTION.encode() in start + stream.read()
