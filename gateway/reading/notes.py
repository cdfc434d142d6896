"""Of what one may write a note, and to whom one may hand it."""

from __future__ import annotations

from typing import Final

from gateway.domain.people.desk import About
from gateway.domain.registry.directory import Directory
from gateway.ports.case import FindConversation
from gateway.ports.console import LoadDeliveryVersion
from gateway.ports.operations import Reads
from gateway.ports.people.desk import FindIncidents, NoteSubject
from gateway.ports.people.users import ListUsers

LONGEST: Final = 2_000
"""Letters of one note."""
_BIGGEST: Final = 2**63 - 1


async def hands(reads: Reads) -> tuple[str, ...]:
    """Users whom one may hand a note to."""
    return tuple(one.name for one in await reads.run(ListUsers()) if one.disabled_at is None)


async def is_there(reads: Reads, directory: Directory, subject: NoteSubject) -> bool:
    """Whether the key is of anything."""
    key = subject.key
    match subject.about:
        case About.APPEAL:
            return await reads.run(FindConversation(key)) is not None
        case About.DELIVERY:
            is_number = key.isascii() and key.isdigit() and len(key) < 20 and int(key) <= _BIGGEST
            return is_number and await reads.run(LoadDeliveryVersion(int(key))) is not None
        case About.PARTY:
            return key in directory.parties
        case About.INCIDENT:
            return any(one.number == key for one in await reads.run(FindIncidents(key)))
