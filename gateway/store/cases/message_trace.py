"""Everything kept about one message: its rows as facts, the envelopes they name, and its leaves under a seal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from sqlalchemy import Connection, select

from contracts.header import Action
from contracts.party import PartyId
from contracts.payloads import Acknowledge
from dossier.erds.pack import Traced
from dossier.erds.record import FORM, MessageRecord, PartyFacts
from dossier.ledger.merkle import LedgerEvidence
from gateway.ports.case import ListSenders, TraceQuery
from gateway.ports.console import TraceDelivery
from gateway.ports.parties import FindPartiesEver
from gateway.store.cases.message_facts import (
    attempt_facts,
    delivery_facts,
    message_facts,
    receipt_facts,
    refusal_facts,
    signal_facts,
)
from gateway.store.engine.operations import serves
from gateway.store.engine.statements import AnyRow, AnySelect, select_among
from gateway.store.ledger.proofs import Leaves, proofs_of
from gateway.store.ledger.records import EVENTS, RECORD_OF, event_key
from gateway.store.registry.versions import parties_ever
from gateway.store.tables import (
    attempts,
    deliveries,
    envelopes,
    events,
    inbox,
    leaves,
    messages,
    parties,
    refusals,
    signals,
)
from signing.errors import KeyUnusable
from signing.keys.keypair import Certificate

MOST_ATTEMPTS: Final = 500
"""Of a delivery that is tried for months the first and the newest are told; how many are left out is said."""


@dataclass(slots=True)
class _Rows:
    """The rows of one message, as they are read."""

    message: AnyRow | None = None
    taken: AnyRow | None = None
    delivery: AnyRow | None = None
    attempts: Sequence[AnyRow] = ()
    left_out: int = 0
    signals: Sequence[AnyRow] = ()
    refusals: Sequence[AnyRow] = ()
    leaf_keys: list[tuple[str, str]] = field(default_factory=list)
    event_contents: dict[str, bytes] = field(default_factory=dict)


@serves(ListSenders)
def senders_of(connection: Connection, wanted: ListSenders) -> tuple[PartyId, ...]:
    """Who sent a message with this id, or proved to have sent one that was refused.

    Asked for every party that there ever was, since keys begin with the sender.
    """
    known = {wanted.exchange, *connection.scalars(select(parties.c.party_id).distinct())}
    keys = [(party_id, wanted.message_id) for party_id in known]
    taken = select_among(connection, select(messages.c.sender), [messages.c.sender, messages.c.message_id], keys)
    refused = select(refusals.c.signer).where(
        refusals.c.message_id == wanted.message_id, refusals.c.signer.is_not(None)
    )
    return tuple(sorted({*(row.sender for row in taken), *map(PartyId, connection.scalars(refused))}))


@serves(TraceQuery)
def trace(connection: Connection, query: TraceQuery) -> Traced | None:
    """What is kept about the message; None when nothing is. Raises MalformedLedger when the ledger is broken."""
    rows = _read(connection, query)
    if rows.message is None and not rows.refusals:
        return None
    parties, certificates = _parties(connection, rows, query)
    record = _record(rows, query, parties)
    kept = select(envelopes.c.sha256, envelopes.c.content)
    found = select_among(connection, kept, [envelopes.c.sha256], record.named())
    held = {row.sha256: bytes(row.content) for row in found if row.content}  # an erased one is empty, or gone
    contents, ledger = _ledger(connection, rows)
    absent = tuple(digest for digest in record.named() if digest not in held)
    return Traced(replace(record, absent=absent), held, certificates, contents, ledger)


@serves(TraceDelivery)
def trace_of(connection: Connection, wanted: TraceDelivery) -> Traced | None:
    """The same for the message of a delivery."""
    of = select(deliveries.c.sender, deliveries.c.message_id).where(deliveries.c.delivery_id == wanted.delivery_id)
    found = connection.execute(of).first()
    return None if found is None else trace(connection, TraceQuery(found[0], found[1], wanted.exchange, wanted.made_at))


# --- rows -----------------------------------------------------------------------------------------------------------


def _read(connection: Connection, query: TraceQuery) -> _Rows:
    key = (query.sender, query.message_id)
    rows = _Rows()
    of_message = (messages.c.sender == key[0], messages.c.message_id == key[1])
    rows.message = connection.execute(select(messages).where(*of_message)).first()
    of_inbox = (inbox.c.sender == key[0], inbox.c.message_id == key[1])
    rows.taken = connection.execute(select(inbox).where(*of_inbox)).first()
    of_delivery = (deliveries.c.sender == key[0], deliveries.c.message_id == key[1])
    rows.delivery = connection.execute(select(deliveries).where(*of_delivery)).first()
    if rows.delivery is not None:
        of = rows.delivery.delivery_id
        tried = select(attempts).where(attempts.c.delivery_id == of).order_by(attempts.c.attempt_id)
        rows.attempts, rows.left_out = _bounded(connection.execute(tried).all())
        rows.signals = connection.execute(_signals(of)).all()
        heard = {row.response_sha256 for row in rows.attempts}
        if not rows.signals and rows.delivery.receipt_sha256 not in {None, *heard}:
            rows.signals = connection.execute(_ended_by(of)).all()
    refused = (refusals.c.message_id == key[1], refusals.c.signer == key[0])
    rows.refusals = connection.execute(select(refusals).where(*refused).order_by(refusals.c.refusal_id)).all()
    rows.leaf_keys = list(_leaf_keys(connection, rows))
    return rows


def _signals(delivery_id: int) -> AnySelect:
    brought_by = (messages.c.sender == signals.c.sender) & (messages.c.message_id == signals.c.message_id)
    return (
        select(signals, messages.c.envelope_sha256)
        .join(messages, brought_by)
        .where(signals.c.delivery_id == delivery_id)
        .order_by(signals.c.signal_id)
    )


def _ended_by(delivery_id: int) -> AnySelect:
    """The signal that ended a delivery before signals had a table of their own: told by the envelope that did it."""
    brought_by = (messages.c.envelope_sha256 == deliveries.c.receipt_sha256) & (
        messages.c.action == Action.of(Acknowledge)
    )
    return (
        select(
            messages.c.sender,
            messages.c.message_id,
            deliveries.c.state,
            deliveries.c.code,
            deliveries.c.detail,
            deliveries.c.finished_at.label("at"),
            messages.c.envelope_sha256,
        )
        .join(messages, brought_by)
        .where(deliveries.c.delivery_id == delivery_id, messages.c.sender == deliveries.c.recipient)
    )


def _bounded(rows: Sequence[AnyRow]) -> tuple[Sequence[AnyRow], int]:
    if len(rows) <= MOST_ATTEMPTS:
        return rows, 0
    return [rows[0], *rows[len(rows) - MOST_ATTEMPTS + 1 :]], len(rows) - MOST_ATTEMPTS


# --- the record ---


def _record(rows: _Rows, query: TraceQuery, parties: tuple[PartyFacts, ...]) -> MessageRecord:
    return MessageRecord(
        form=FORM,
        exchange=query.exchange,
        sender=query.sender,
        message_id=query.message_id,
        message=message_facts(rows.message) if rows.message is not None else None,
        receipt=receipt_facts(rows.taken) if rows.taken is not None else None,
        refusals=tuple(map(refusal_facts, rows.refusals)),
        delivery=delivery_facts(rows.delivery) if rows.delivery is not None else None,
        attempts=tuple(map(attempt_facts, rows.attempts)),
        left_out=rows.left_out,
        signals=tuple(map(signal_facts, rows.signals)),
        absent=(),
        parties=parties,
        made_at=query.made_at,
    )


def _parties(
    connection: Connection, rows: _Rows, query: TraceQuery
) -> tuple[tuple[PartyFacts, ...], tuple[Certificate, ...]]:
    """The parties, and their certificates as far as they can be read."""
    touched = {query.sender, query.exchange, *((rows.message.recipient,) if rows.message is not None else ())}
    facts, certificates = [], []
    for party in parties_ever(connection, FindPartiesEver(touched)):
        held = list(_readable(party.certificates))
        digests = tuple(certificate.sha256 for certificate in held)
        facts.append(PartyFacts(party.party_id, party.role, party.bin, party.name, digests))
        certificates += held
    return tuple(facts), tuple(certificates)


def _readable(ders: Sequence[bytes]) -> Iterator[Certificate]:
    for der in ders:
        try:
            yield Certificate.from_der(der)
        except KeyUnusable:
            continue  # nothing was ever verified by it


# --- the ledger -----------------------------------------------------------------------------------------------------


def _leaf_keys(connection: Connection, rows: _Rows) -> Iterator[tuple[str, str]]:
    """Which leaves are about the message: its own rows, and the events that it caused."""
    tabled = (
        ("messages", [rows.message]),
        ("inbox", [rows.taken]),
        ("deliveries", [rows.delivery]),
        ("delivery_ends", [rows.delivery]),
        ("attempts", rows.attempts),
        ("signals", [row for row in rows.signals if "signal_id" in row._fields]),
        ("refusals", rows.refusals),
    )
    for name, found in tabled:
        for row in found:
            if row is not None:
                yield name, RECORD_OF[name].key_of(row._asdict())
    if rows.message is not None and rows.message.conversation_id is not None:
        of = (events.c.conversation_id == rows.message.conversation_id, events.c.message_id == rows.message.message_id)
        for row in connection.execute(select(events).where(*of).order_by(events.c.seq)):
            key = event_key(row.conversation_id, row.seq)
            rows.event_contents[key] = bytes(row.content)  # its leaf has none of its own
            yield EVENTS, key


def _ledger(connection: Connection, rows: _Rows) -> tuple[tuple[bytes, ...], LedgerEvidence | None]:
    """The contents of the leaves that are under a seal, in the order of the tree, and what proves them."""
    columns = [leaves.c.record, leaves.c.key]
    statement = select(leaves).where(leaves.c.position.is_not(None))
    found = sorted(select_among(connection, statement, columns, rows.leaf_keys), key=lambda row: row.position)
    sealed: Leaves = {number: (row.digest, row.position) for number, row in enumerate(found, 1)}
    evidence = proofs_of(connection, sealed)
    if evidence is None:
        return (), None
    return tuple(bytes(row.content or rows.event_contents[row.key]) for row in found), evidence
