"""A record's leaf in the ledger: in answers, on pages, in files."""

from __future__ import annotations

from gateway.lists.cell import Cell, Link, Phrase, Styled, Words
from gateway.lists.models import ResponseModel
from gateway.ports.audit import RecordLeaf
from gateway.texts.language import marked


class InLedger(ResponseModel):
    """The line's leaf. ``position``: in the tree; null while it waits for the next seal."""

    position: int | None


def leaf_cell(leaf: RecordLeaf | None, record: str, number: int) -> Cell:
    """``record``, ``number``: table and key of the line."""
    if leaf is None:
        return Styled("standing bad", Phrase(marked("not in the ledger")))
    if leaf.position is None:
        return Styled("standing", Phrase(marked("waits for its seal")))
    link = Link(f"/ledger/leaf?record={record}&key={number}", Words(f"№ {leaf.position}"))
    return (Styled("standing good", Phrase(marked("sealed"))), Words(" "), Styled("whole", link))


def leaf_text(leaf: RecordLeaf | None) -> str:
    """The position, or what there is instead."""
    if leaf is None:
        return "none"
    return "unsealed" if leaf.position is None else str(leaf.position)
