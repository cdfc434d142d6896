"""Whether ``dossier.xml`` agrees with what lies beside it: index, events, terms, commitments.

The timeline and the terms are derived again from ``evidence/events.jsonl`` and must come out equal; the commitments
are opened with ``evidence/salts.json`` for every message and document that the dossier holds.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Final

from dossier.case.event_form import MalformedEvent, event_from_bytes
from dossier.case.events import CaseImported, Event
from dossier.check.report import InspectionFinding, SubIndication
from dossier.check.story import check_story
from dossier.check.wording import failed
from dossier.packaging import layout
from dossier.packaging.container import Container, ContainerError
from dossier.packaging.description import DossierDescription
from signing.xades.container import ReadSignature, XadesLevel

EVIDENCE_LIMIT_BYTES: Final = 64 * 1024 * 1024

Digests = Mapping[str, bytes]
"""SHA-256 (32 bytes) of every file in the container."""


def check_agreement(
    container: Container, description: DossierDescription, digests: Digests, signature: ReadSignature | None
) -> tuple[tuple[InspectionFinding, ...], Mapping[str, object]]:
    """All that disagrees, and how much was checked, with ``imported`` where the case ran in another system before.

    ``signature``: None where unreadable.
    """
    events, event_findings = _read_events(container)
    salts, salt_findings = _read_salts(container)
    contents = _contents(description)
    findings = [
        *_check_claims(description, signature),
        *_check_files(container, description),
        *_check_index(container, description, digests),
        *event_findings,
        *salt_findings,
        *([] if event_findings else check_story(container, description, events)),
        *([] if salt_findings else _check_commitments(events, salts, contents)),
    ]
    return tuple(findings), {
        **_imported(events),
        "documents": len(description.documents),
        "messages": len(description.messages),
        "events": len(events),
        "commitments": sum(1 for event in events for held in event.commitments if held.subject in contents),
    }


def _imported(events: list[Event]) -> Mapping[str, object]:
    """Where the case ran before, who took it in and when, and how many events rest on that other system's word."""
    for event in events:
        if isinstance(event.fact, CaseImported):
            happened_count = sum(1 for one in events if one.happened_at is not None)
            named = {"source": event.fact.source, "number": event.fact.source_number}
            return {**named, "imported": happened_count, "actor": event.actor, "at": event.at}
    return {}


def _check_claims(description: DossierDescription, signature: ReadSignature | None) -> Iterator[InspectionFinding]:
    """Time and level are stated under the signature. More may have been added since, nothing taken away."""
    assembled_at = description.assembled_at.replace(microsecond=0)
    if signature is not None:
        is_stripped = description.level == XadesLevel.T and signature.unsigned.level is XadesLevel.B
        if assembled_at != signature.signed_at or is_stripped:
            yield _failed(layout.DESCRIPTION, "level")


def _check_files(container: Container, description: DossierDescription) -> Iterator[InspectionFinding]:
    """The container holds what the index lists, in its order, and nothing else."""
    evidence = (layout.EVENTS, layout.SALTS, *(entry.file for entry in description.evidence))
    listed = (layout.DESCRIPTION, layout.SUMMARY, *description.files(), *evidence)
    present = tuple(name for name in container.names if name not in layout.UNSIGNED)
    for name in listed:
        if name not in present:
            yield _failed(name, "index_lacks")
    for expected, name in zip_longest(listed, present):
        if name is not None and expected != name:
            yield _failed(name, "files_differ")
            return  # all behind it are out of step as well


def _check_index(
    container: Container, description: DossierDescription, digests: Digests
) -> Iterator[InspectionFinding]:
    for entry in description.documents:
        if entry.in_dossier is not None or not container.holds(entry.file):
            continue  # elsewhere, or said already
        size, digest = container.size_of(entry.file), digests[entry.file].hex()
        if (size, digest) != (entry.document.size, entry.document.sha256):
            yield _failed(entry.file, "index_digest")
    kept = (file for entry in description.messages for file in (entry.message, entry.receipt) if file)
    stated = [(file.file, file.sha256) for file in kept] + [(file.file, file.sha256) for file in description.evidence]
    for name, sha256 in stated:
        if container.holds(name) and digests[name].hex() != sha256:
            yield _failed(name, "index_digest")


# --- events and terms -----------------------------------------------------------------------------------------------


def _read_events(container: Container) -> tuple[list[Event], list[InspectionFinding]]:
    events: list[Event] = []
    try:
        data = container.read(layout.EVENTS, limit_bytes=EVIDENCE_LIMIT_BYTES)
    except ContainerError as error:
        return events, [_failed(layout.EVENTS, "unreadable", detail=error.detail)]
    if not data.endswith(b"\n"):
        return events, [_failed(layout.EVENTS, "unreadable", detail="the last line has no end")]
    for number, line in enumerate(data[:-1].split(b"\n"), 1):
        try:
            events.append(event_from_bytes(line))
        except (MalformedEvent, RecursionError) as error:
            return events, [_failed(layout.EVENTS, "event_unreadable", line=number, detail=error)]
    return events, []


# --- commitments ----------------------------------------------------------------------------------------------------


def _read_salts(container: Container) -> tuple[Mapping[str, list[bytes]], list[InspectionFinding]]:
    """Salts by subject; one subject may be committed to more than once, each time with its own salt."""
    salts: defaultdict[str, list[bytes]] = defaultdict(list)
    try:
        document = json.loads(container.read(layout.SALTS, limit_bytes=EVIDENCE_LIMIT_BYTES))
        for entry in document["salts"]:
            salts[str(entry["subject"])].append(urlsafe_b64decode(str(entry["salt"]) + "="))
    except ContainerError as error:
        return {}, [_failed(layout.SALTS, "unreadable", detail=error.detail)]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        return {}, [_failed(layout.SALTS, "unreadable", detail=type(error).__name__)]
    return salts, []


def _contents(description: DossierDescription) -> Mapping[str, set[str]]:
    """Digests (hex) by the subject that a commitment may name: message_id or document_id."""
    contents: defaultdict[str, set[str]] = defaultdict(set)
    for message in description.messages:
        contents[message.message_id].add(message.digest)
    for document in description.documents:
        contents[document.document.document_id].add(document.document.sha256)
    return contents


def _check_commitments(
    events: list[Event], salts: Mapping[str, list[bytes]], contents: Mapping[str, set[str]]
) -> Iterator[InspectionFinding]:
    for event in events:
        for held in event.commitments:
            if held.subject not in contents:
                continue  # what it rests on is not part of this dossier, or its personal data were erased
            if not (known := salts.get(held.subject)):
                yield _failed(layout.SALTS, "commitment_unsalted", seq=event.seq, subject=held.subject)
            elif held.digest not in _openings(known, contents[held.subject]):
                yield _failed(layout.SALTS, "commitment", seq=event.seq, subject=held.subject)


def _openings(salts: list[bytes], digests: set[str]) -> set[str]:
    return {hashlib.sha256(salt + bytes.fromhex(digest)).hexdigest() for salt in salts for digest in digests}


def _failed(part: str, key: str, **values: object) -> InspectionFinding:
    return failed(part, SubIndication.FORMAT_FAILURE, key, **values)
