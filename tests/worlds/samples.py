"""One event of each kind, fixed for ever: their bytes stand in ``tests/vectors/events.json``.

A new kind of fact gets a sample here and a line there (``python -m tests.worlds.samples`` prints the file);
a line that is there never changes.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

from contracts import payloads as p
from contracts.header import ConversationId, DocumentId, MessageId
from contracts.party import PartyId
from dossier.case import events as e
from dossier.case.event_form import event_bytes, fact_kind, leaf_digest

BODY, COURT, HIGHER = PartyId("akimat-almaty"), PartyId("smas-almaty"), PartyId("akimat-region")
CONVERSATION = ConversationId("7b0f2a54-4a53-4c3f-9d0e-0d6a4a1c2b3d")
MESSAGE = MessageId("1f3d3f0a-8c1c-4f57-9f5e-9f0b1c2d3e4f")
DOCUMENT = DocumentId("q" * 43)
TERM = f"{CONVERSATION}/t1"
AT = datetime(2026, 11, 24, 6, 0, 0, 250000, tzinfo=UTC)

FACTS: tuple[e.Fact, ...] = (
    e.AppealRegistered("DL-2026-0000000042", date(2026, 11, 24), "HOUSING-QUEUE", "750000000", "CMS"),
    e.AppealAssigned(BODY),
    e.DocumentsAdded((DOCUMENT,)),
    e.BodyRegistered(BODY, "ЖТ-2026-00000042"),
    e.AppealRedirected(BODY, PartyId("jer-almaty"), whole=True),
    e.TermExtended(BODY, date(2027, 1, 22)),
    e.HearingAnnounced(BODY, p.HearingForm.ORAL, datetime(2026, 12, 7, 10, 30, tzinfo=UTC)),
    e.ProcedureTerminated(BODY),
    e.Replied(BODY, p.DecisionKind.REFUSED, "12-34/Қ", date(2026, 12, 1), states_appeal_road=False),
    e.TermOpened(
        TERM,
        "consideration",
        "АППК 76(1)",
        BODY,
        datetime(2026, 11, 24, 6, tzinfo=UTC),
        date(2026, 12, 15),
        datetime(2026, 12, 15, 18, 59, 59, 999999, tzinfo=UTC),
        "Asia/Almaty",
        "appk-2026",
        "holidays 0.109 KZ, kz-days 2026-11-24",
        "2026.6",
    ),
    e.TermMet(TERM, late=True),
    e.TermBreached(TERM, BODY),
    e.TermLapsed(TERM, "redirected"),
    e.DefaultRecorded(TERM, BODY),
    e.Disagreed(p.ClaimKind.CONTEST, "XAdES"),
    e.RoadTaken(p.RoadKind.COURT, "АППК 91(5)", date(2027, 1, 5), COURT),
    e.MaterialsDemanded(BODY, (p.DocumentKind.ADMINISTRATIVE_FILE, p.DocumentKind.REPLY)),
    e.MaterialsReceived(BODY, (DOCUMENT,)),
    e.DossierOrdered(1, COURT),
    e.DossierFiled(1, DOCUMENT, "cd" * 32, 123456, "B-T"),
    e.MessageAcknowledged(COURT, "FileDossier", MESSAGE, "ef" * 32),
    e.MessageRejected(COURT, "FileDossier", MESSAGE, "DossierRefused"),
    e.CaseReported(p.CaseStage.REGISTERED, "7594-26-00-4/123", None),
    e.AppealWithdrawn(),
    e.AppealUnrouted(BODY),
    e.DefectsNamed(BODY, date(2026, 12, 4)),
    e.AppealReturned(BODY),
    e.ReplyResembled(BODY, 9, ("DL-2026-0000000041", "DL-2026-0000000040")),
    e.TermReminded(TERM),
    e.ComplaintForwarded(BODY, HIGHER, with_file=True),
    e.ComplaintDecided(HIGHER, BODY, p.ComplaintDecision.REJECTED, "ШШ-7", date(2027, 1, 11)),
    e.CourtAsked(COURT, positions=True, bodies=(BODY, HIGHER), dossier_no=2),
    e.PositionDemanded(BODY, (p.DocumentKind.OBJECTION, p.DocumentKind.HEAD_POSITION), 2, TERM),
    e.PositionReceived(BODY, p.PositionKind.OBJECTION, (DOCUMENT,), new_grounds=1),
    e.CourtAnswered(p.CourtResponse.CURED, "CMS"),
    e.CaseImported(
        "eOtinish",
        "ЖТ-2026-00000042",
        PartyId("eotinish"),
        ("ab" * 32, "cd" * 32),
        datetime(2026, 11, 23, 13, tzinfo=UTC),
        date(2026, 12, 7),
        1,
        "ЖТ-2026-00000041",
    ),
    e.SignatureJudged(MESSAGE, "RegisterAppeal", e.SignatureVerdict.HOLDS, "NCANode", "5f3a9c01"),
    e.HearingOmitted(BODY, "12-34", 4),
    e.ComplaintWithdrawn(BODY),
)

EVENTS = tuple(
    e.Event(CONVERSATION, seq, AT, BODY, MESSAGE if seq % 2 else None, fact, (e.Commitment(MESSAGE, "ab" * 32),))
    for seq, fact in enumerate(FACTS, 1)
)


def vectors() -> list[dict[str, str]]:
    """Kind, bytes as text and leaf of every sample."""
    return [
        {
            "kind": fact_kind(event.fact),
            "bytes": event_bytes(event).decode(),
            "leaf": leaf_digest(event_bytes(event)).hex(),
        }
        for event in EVENTS
    ]


if __name__ == "__main__":
    print(json.dumps(vectors(), ensure_ascii=False, indent=1))  # noqa: T201 - its whole purpose
