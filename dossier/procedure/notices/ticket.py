"""The ticket (талон) that the applicant takes home, on paper or on a screen (Art. 64(2))."""

from __future__ import annotations

from contracts.party import LocalText
from contracts.payloads import Receiver, Ticket
from dossier.procedure.matter import Matter
from dossier.procedure.notices.applicant import sentences
from dossier.procedure.wording import day_text, fill, join, moment_text, same


def ticket_of(matter: Matter) -> Ticket:
    """Unique number, date and time, and who received it: the clerk of a reception centre, or the platform."""
    number, received_at = matter.appeal.appeal_number, matter.registered.lodged_at
    receiver = matter.registered.received_by
    words = {
        "number": same(number),
        "at": moment_text(received_at),
        "day": day_text(matter.appeal.registered_on),
        "platform": matter.name_of(matter.appeal.platform),
        **_receiver_words(receiver),
    }
    key = "ticketReceiver" if receiver else "ticketPlatform"
    text = join([fill(sentences()[each], words) for each in ("ticket", key)])
    return Ticket(number, received_at, matter.appeal.registered_on, receiver, text)


def _receiver_words(receiver: Receiver | None) -> dict[str, LocalText]:
    if receiver is None:
        return {}
    return {"receiver": same(receiver.name), "post": same(receiver.post), "office": same(receiver.office)}
