"""What the ledger does not vouch for, column by column, and why: working state, whose change makes no false past.

A test edits every column of every table; each edit is found by ``ledger verify``, or the column stands here. Of
a delivery that is still open, state, code and detail are working state, too: what was tried is in its attempts, and how
it ends gets a leaf.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_UPLOAD = "an upload on its way; what counts is the document it becomes, which has a leaf"
_PACE = "when and how a delivery is tried next; what was tried is in its attempts, each with a leaf"
_SKETCH = "what later replies are compared with, made of a reply that has its leaf; what was found stands in an event"
_LISTED = "what the console lists and finds cases by, read off their histories again whenever it differs"
_REPORTED = "what reports count, read off the histories again whenever it differs; the histories have their leaves"
_DESK = "what people at the support desk tell each other; who did what has its line in the audit log"
_TRACE = "by which operators follow a message through nodes and peers; senders name traces as they like"
_LEASE = "who works on it now"
_ALARM = "who was told of trouble, which others see from what is proven; an acknowledgement is in the audit log"

WORKING_STATE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "nodes": "who serves at this moment",
        "schema_steps": "which releases may run here; every release writes what it knows again when it starts",
        "alarms": _ALARM,
        "alarm_steps": _ALARM,
        "alarm_messages": _ALARM,
        "ledger_walks": "how far the exchange checks itself; what counts is a check by others",
        "users": "who may sign in now; that they were added, changed or disabled has its line in the audit log",
        "sessions": "who is signed in now; that they signed in and out has its line in the audit log",
        "tokens": "which programs may come now; that they were added or revoked has its line in the audit log",
        "requests": "answers for programs that ask twice, for a day; what was done has its line in the audit log",
        "saved_views": "how somebody likes to look at a list",
        "uploads": _UPLOAD,
        "reply_sketches": _SKETCH,
        "reply_buckets": _SKETCH,
        "listed_appeals": _LISTED,
        "appeal_persons": _LISTED,
        "listings": _LISTED,
        "refused_requests": "bytes of what had no effect, for a month; who was refused, and their digest, has its leaf",
        "reported_appeals": _REPORTED,
        "reported_bodies": _REPORTED,
        "report_days": _REPORTED,
        "cause_counts": "how often what happened, counted off records that have their leaves, and counted anew",
        "notes": _DESK,
        "incidents": _DESK,
        "lost_blobs": "bytes that are to go; what was erased has its line in the audit log",
        "upload_parts": _UPLOAD,
        "deliveries.channel": "follows the registry in force while the delivery is open",
        "deliveries.is_called": "what the channel in force means for a claim",
        "deliveries.priority": "the order in which what is due goes out",
        "deliveries.attempts": "counts the attempts; they have a leaf each",
        "deliveries.next_attempt_at": _PACE,
        "deliveries.held_by": _PACE,
        "deliveries.trace": _TRACE,
        "deliveries.escalated": "counts the steps of escalation; they have a leaf each",
        "lanes": "when a party is called next; what was tried is in the attempts",
        "deliveries.claimed_at": _LEASE,
        "deliveries.lease_until": _LEASE,
        "deliveries.fence": _LEASE,
        "deliveries.fetched_by": _LEASE,
        "conversations.erased_at": "where retention stands; each thing it erased has its line in the audit log",
        "assemblies.fence": _LEASE,
        "assemblies.lease_until": _LEASE,
        "assemblies.trace": _TRACE,
        "envelopes.kept_at": "when the bytes first came; the records that name them have their own times",
        "leaves.leaf_id": "the order in which leaves wait; once sealed, the position counts",
        "leaves.at": "for the alarm about leaves that wait; the record has its own time, in the leaf's bytes",
    }
)
"""``table`` or ``table.column`` → why it proves nothing."""
