"""What a reply is compared by: its sketch without the names of the applicant, the representative and who signed.

Two replies that arrive at the same moment may miss each other, which is harmless: the mark is for the reader, and the
next one counts both.
"""

from __future__ import annotations

from contracts.party import PartyId
from contracts.payloads import Reply
from dossier.case.likeness import sketch_of
from dossier.procedure.decision import CaseFile
from gateway.ports.intake import SketchedReply


def sketched_reply(case: CaseFile, body: PartyId, reply: Reply) -> SketchedReply | None:
    """None for a reply that is too short to be marked. Half a millisecond for a letter of 5 kB."""
    appeal = case.appeal
    people = (appeal.applicant, appeal.representative) if appeal else ()
    names = (*(person.name for person in people if person), reply.signed_by)
    sketch = sketch_of(reply.text, names)
    return SketchedReply(body, case.conversation_id, sketch) if sketch else None
