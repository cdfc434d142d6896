"""Kinds of evidence and reasons, spelt as EN 319 522-1 spells its events.

What happened to a message, and the kind that it makes (``dossier.erds.derive`` carries this table out):

    a party's message was accepted: our signed receipt                      SubmissionAcceptance
    a party's message was refused for good: our signed fault                SubmissionRejection
    a called party signed a receipt for our message                         RelayAcceptance, ContentConsignment
    a called party signed an error signal for it                            RelayRejection, ContentConsignmentFailure
    an attempt brought no credible answer, or could not be made             RelayFailure
    it was taken by a bare HTTP 202, no receipt came, and it went again     RelayFailure
    our message lies in the mailbox of a party that is not called           ContentConsignment
    that party signed a receipt in Acknowledge                              ContentHandover
    that party signed an error signal in Acknowledge                        ContentHandoverFailure
    it was fetched, not acknowledged within the lease, and fetched anew     ContentHandoverFailure
    a named person stopped the delivery          RelayFailure (called) or ContentHandoverFailure (mailbox)

A party with an inbox of its own runs, in the standard's terms, the recipient's delivery service: between two services
a message is *relayed*, and the receiving one answers for it under its own key. What it has made durable is at its
people's disposal: *consigned*. A party without one has its mailbox with us: there our message is consigned at once,
and *handed over* when the party proves that it has it. A bare HTTP 202, or an envelope fetched and not acknowledged,
proves nothing of the kind, and makes no evidence. A fault that only asks for the same message again refuses nothing.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

EVENT_URI: Final = "http://uri.etsi.org/19522/Event/"
"""EN 319 522-3, table 2: what identifies an event."""

REASON_URI: Final = "urn:dalel:evidence:v1:reason:"
"""Reasons are our own: the standard leaves them to the service where none of its own fits."""


class EvidenceEventKind(StrEnum):
    """An event of EN 319 522-1 clause 6 that a message of the exchange can meet."""

    SUBMISSION_ACCEPTANCE = "SubmissionAcceptance"
    SUBMISSION_REJECTION = "SubmissionRejection"
    RELAY_ACCEPTANCE = "RelayAcceptance"
    RELAY_REJECTION = "RelayRejection"
    RELAY_FAILURE = "RelayFailure"
    CONTENT_CONSIGNMENT = "ContentConsignment"
    CONTENT_CONSIGNMENT_FAILURE = "ContentConsignmentFailure"
    CONTENT_HANDOVER = "ContentHandover"
    CONTENT_HANDOVER_FAILURE = "ContentHandoverFailure"

    @property
    def uri(self) -> str:
        """The event's identifier."""
        return EVENT_URI + self.value


class EvidenceReason(StrEnum):
    """Why something did not come about."""

    REFUSED_BY_EXCHANGE = "RefusedByExchange"  # our fault names the code
    REFUSED_BY_RECIPIENT = "RefusedByRecipient"  # its signed error signal names the code
    NOT_TAKEN = "NotTaken"  # no connection, busy, or an unsigned fault: nothing was taken
    OUTCOME_UNKNOWN = "OutcomeUnknown"  # sent, and nothing credible heard
    NOT_ACKNOWLEDGED = "NotAcknowledged"  # taken or fetched, and no receipt until it went again
    NOT_SENDABLE = "NotSendable"  # it could not be built, signed or addressed
    STOPPED_BY_OPERATOR = "StoppedByOperator"  # by a named person; the audit log says who and why

    @property
    def uri(self) -> str:
        """The reason's identifier."""
        return REASON_URI + self.value
