"""What the control port shows of a party's store. Reading only; each method is one query or a few."""

from __future__ import annotations

import json
from typing import Any

from connectors.sandbox.database import SandboxDatabase
from connectors.sandbox.records import Claim, PostingResult, SandboxCase
from contracts.header import ConversationId, DocumentId, MessageId


class PartyView:
    """Reads beside ``PartyStore``, over the same file."""

    def __init__(self, database: SandboxDatabase) -> None:
        self._db = database

    def posting_result(self, message_id: MessageId) -> PostingResult | None:
        """How one message of our own stands; None while it has not been written."""
        row = self._db.one("SELECT state, note, answer FROM outbox WHERE message_id = ?", message_id)
        return PostingResult(row["state"], row["note"], row["answer"]) if row else None

    def appeals(self) -> list[dict[str, Any]]:
        rows = self._db.all("SELECT reference, message_id, appeal_number, conversation_id FROM appeals ORDER BY rowid")
        return [dict(row) for row in rows]

    def conversation_of(self, appeal_number: str) -> ConversationId | None:
        row = self._db.one("SELECT conversation_id FROM appeals WHERE appeal_number = ?", appeal_number)
        return ConversationId(row["conversation_id"]) if row else None

    def notices(self, appeal_number: str | None) -> list[dict[str, Any]]:
        rows = self._db.all(
            "SELECT message_id, appeal_number, notice FROM notices WHERE ?1 IS NULL OR appeal_number = ?1"
            " ORDER BY rowid",
            appeal_number,
        )
        return [
            {"message_id": r["message_id"], "appeal_number": r["appeal_number"]} | json.loads(r["notice"]) for r in rows
        ]

    def dossiers(self) -> list[dict[str, Any]]:
        """Every dossier accepted, under the number N of its case."""
        rows = self._db.all(
            "SELECT f.*, (SELECT min(dossier_no) FROM dossiers d WHERE d.conversation_id = f.conversation_id)"
            " AS dossier_no FROM filings f ORDER BY f.rowid"
        )
        return [dict(row) for row in rows]

    def case_no(self, conversation_id: ConversationId) -> int | None:
        """N of the case number; None while no claim was accepted."""
        row = self._db.one("SELECT min(dossier_no) n FROM dossiers WHERE conversation_id = ?", conversation_id)
        return row["n"] if row else None

    def claim_of(self, conversation_id: ConversationId) -> Claim | None:
        """The dossier that the claim was filed with."""
        row = self._db.one(
            "SELECT document_id, sha256 FROM filings WHERE conversation_id = ? AND purpose = 'claim' ORDER BY rowid",
            conversation_id,
        )
        return Claim(DocumentId(row["document_id"]), row["sha256"]) if row else None

    def case_of(self, appeal_number: str) -> SandboxCase | None:
        """The case that an appeal has become, by its claim."""
        row = self._db.one(
            "SELECT conversation_id, message_id FROM dossiers WHERE appeal_number = ? ORDER BY dossier_no LIMIT 1",
            appeal_number,
        )
        return SandboxCase(row["conversation_id"], row["message_id"]) if row else None

    def figures(self) -> dict[str, Any]:
        """Counts for the control port."""
        inbox = self._db.all("SELECT action, count(*) n FROM inbox GROUP BY action ORDER BY action")
        outbox = self._db.all("SELECT state, count(*) n FROM outbox GROUP BY state ORDER BY state")
        refused = self._db.all("SELECT name, note FROM outbox WHERE state = 'refused' ORDER BY outbox_id DESC LIMIT 5")
        open_duties = self._db.one("SELECT count(*) n FROM duties WHERE NOT done")
        return {
            "inbox": {row["action"]: row["n"] for row in inbox},
            "outbox": {row["state"]: row["n"] for row in outbox},
            "refused": [f"{row['name']}: {row['note']}" for row in refused],
            "open_duties": open_duties["n"] if open_duties else 0,
        }
