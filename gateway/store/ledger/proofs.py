"""Proofs from what is kept: a few tiles and a few leaves for each, however large the tree is."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from contracts.header import ConversationId
from dossier.ledger.merkle import InclusionProof, LedgerEvidence, MalformedLedger, Seal, verify_consistency
from dossier.ledger.tiles import reader_of, tiles_of
from dossier.ledger.tree import consistency_ranges, hash_of, inclusion_ranges, root_range
from gateway.ports.ledger import CheckContinuity, FindLedgerEvidence, FindNewestSeal
from gateway.store.engine.operations import serves
from gateway.store.engine.statements import select_among
from gateway.store.ledger.records import EVENTS, event_key
from gateway.store.ledger.sealing import read_tiles, seal_of, sealed_heads
from gateway.store.tables import leaves, seals
from signing.errors import KeyUnusable


@serves(FindLedgerEvidence)
def evidence_of(connection: Connection, wanted: FindLedgerEvidence) -> LedgerEvidence | None:
    """The events 1 … ``up_to_seq`` under one seal; None when they are not sealed, or when what is kept is broken.

    A dossier then goes without, and says so; whoever broke it, the sealer and the doctor tell.
    """
    try:
        return _evidence(connection, wanted.conversation_id, wanted.up_to_seq)
    except (MalformedLedger, KeyUnusable):
        return None


def _evidence(connection: Connection, conversation_id: ConversationId, up_to_seq: int) -> LedgerEvidence | None:
    keys = {event_key(conversation_id, seq): seq for seq in range(1, up_to_seq + 1)}
    statement = select(leaves.c.key, leaves.c.digest, leaves.c.position).where(
        leaves.c.record == EVENTS, leaves.c.position.is_not(None)
    )
    found = {keys[row.key]: row for row in select_among(connection, statement, [leaves.c.key], keys)}
    if len(found) < len(keys):
        return None
    return proofs_of(connection, {seq: (row.digest, row.position) for seq, row in found.items()})


Leaves = Mapping[int, tuple[bytes, int]]
"""By a number of the caller's: digest and position of leaves that have one."""


def proofs_of(connection: Connection, found: Leaves) -> LedgerEvidence | None:
    """These leaves under one seal, each by its number; None for no leaves, or no seal. Raises MalformedLedger."""
    seal = _covering(connection, 1 + max(position for _, position in found.values())) if found else None
    if seal is None:
        return None
    size = seal.head.tree_size
    paths = {number: inclusion_ranges(position, size) for number, (_, position) in found.items()}
    read = reader_of(read_tiles(connection, tiles_of([span for path in paths.values() for span in path])))
    proofs = tuple(
        (number, InclusionProof(digest, position, size, tuple(hash_of(span, read) for span in paths[number])))
        for number, (digest, position) in sorted(found.items())
    )
    return LedgerEvidence((seal,), proofs)


def consistency_of(connection: Connection, old_size: int, new_size: int) -> tuple[bytes, ...]:
    """RFC 9162 §2.1.4: that the tree of ``new_size`` only added to that of ``old_size``. Raises MalformedLedger."""
    ranges = consistency_ranges(old_size, new_size)
    read = reader_of(read_tiles(connection, tiles_of(ranges)))
    return tuple(hash_of(span, read) for span in ranges)


@serves(CheckContinuity)
def continues(connection: Connection, wanted: CheckContinuity) -> bool:
    """Whether the tree of today only added to a head that was kept outside."""
    newest = newest_seal(connection, FindNewestSeal())
    if newest is None or wanted.kept.log != newest.head.log or not 0 < wanted.kept.tree_size <= newest.head.tree_size:
        return False
    try:
        read = reader_of(read_tiles(connection, tiles_of([root_range(wanted.kept.tree_size)])))
        is_its_root = hash_of(root_range(wanted.kept.tree_size), read) == wanted.kept.root
        path = consistency_of(connection, wanted.kept.tree_size, newest.head.tree_size)
    except MalformedLedger:
        return False
    return is_its_root and verify_consistency(wanted.kept, newest.head, path)


@serves(FindNewestSeal)
def newest_seal(connection: Connection, _: FindNewestSeal) -> Seal | None:
    """The newest head with its seal."""
    row = connection.execute(sealed_heads().order_by(seals.c.tree_size.desc()).limit(1)).first()
    return None if row is None else seal_of(row)


def _covering(connection: Connection, tree_size: int) -> Seal | None:
    """The newest seal with a token over so many leaves, else the newest without."""
    newest = sealed_heads().where(seals.c.tree_size >= tree_size).order_by(seals.c.tree_size.desc()).limit(1)
    row = connection.execute(newest.where(seals.c.token.is_not(None))).first() or connection.execute(newest).first()
    return None if row is None else seal_of(row)
