"""What earlier dossiers of the same appeal already hold, read off the events alone, so that anyone can read it again.

A document is held by the first dossier filed after a message named it: such a message's event commits to the document,
and a dossier holds what had come in up to the event that it was assembled on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from contracts.header import DocumentId
from dossier.case import events as e
from dossier.case.events import Event
from dossier.packaging import layout
from dossier.packaging.description import DocumentEntry, FiledEntry


def filed_before(events: Sequence[Event], dossier_no: int) -> tuple[FiledEntry, ...]:
    """Every dossier filed before the one with this number, oldest first."""
    return tuple(
        FiledEntry(event.fact.dossier_no, event.fact.document_id, event.fact.sha256, event.at)
        for event in events
        if isinstance(event.fact, e.DossierFiled) and event.fact.dossier_no < dossier_no
    )


def held_before(events: Sequence[Event], dossier_no: int) -> Mapping[str, int]:
    """By document_id the number of the earlier dossier that holds it."""
    held: dict[str, int] = {}
    for number, up_to_seq in _bounds(events, dossier_no):
        for event in events[:up_to_seq]:
            for commitment in event.commitments:
                held.setdefault(commitment.subject, number)
    return held


def _bounds(events: Sequence[Event], dossier_no: int) -> Iterator[tuple[int, int]]:
    """Number of each earlier dossier and the last event that it holds: surely its order, where none was recorded."""
    ordered: dict[int, int] = {}
    for event in events:
        match event.fact:
            case e.DossierOrdered(dossier_no=number):
                ordered[number] = event.seq
            case e.DossierFiled(dossier_no=number, up_to_seq=up_to_seq) if number < dossier_no:
                yield number, up_to_seq or ordered.get(number, 0)
            case _:
                continue


def document_paths(documents: Sequence[DocumentEntry], held: Mapping[str, int]) -> tuple[DocumentEntry, ...]:
    """The index in its order, each document under the name that it has in the dossier that holds it.

    Names are numbered within each dossier in the order of the index, so the name in an earlier one is known here too.
    """
    counted: dict[int | None, int] = {}
    named = []
    for entry in documents:
        document_id: DocumentId = entry.document.document_id
        place = held.get(document_id)
        counted[place] = counted.get(place, 0) + 1
        file = layout.document_path(counted[place], entry.document.file_name)
        named.append(replace(entry, file=file, in_dossier=place))
    return tuple(named)
