"""Codes of the audit log and of the log of accesses in English words of the catalogue. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from gateway.texts.language import marked

ACTS: Final[Mapping[str, str]] = {
    "delivery.resent": marked("sent a message once more"),
    "delivery.parked": marked("set a delivery aside"),
    "delivery.released": marked("released a delivery"),
    "delivery.cancelled": marked("cancelled a delivery for good"),
    "party.paused": marked("paused a party"),
    "party.resumed": marked("resumed a party"),
    "party.probed": marked("knocked at a party's door (test ping)"),
    "alarm.acknowledged": marked("acknowledged an alarm"),
    "note.written": marked("wrote a note"),
    "note.handed_on": marked("handed a note on"),
    "note.closed": marked("closed a note"),
    "incident.taken": marked("took an incident over"),
    "incident.closed": marked("closed an incident"),
    "incident.severity_changed": marked("gave an incident another severity"),
    "registry.applied": marked("put a registry of parties in force"),
    "case.imported": marked("took in a running case"),
    "payload.erased": marked("erased what had been kept long enough"),
    "ledger.checked": marked("had the whole ledger checked"),
    "person.looked_for": marked("looked for a person by IIN or BIN"),
    "session.opened": marked("signed in"),
    "session.ended": marked("signed out"),
    "token.added": marked("gave a program a token"),
    "token.revoked": marked("took a program's token away"),
    "token.shown": marked("came with a token that opens nothing"),
    "user.added": marked("added a user"),
    "user.bound": marked("came by an account elsewhere for the first time"),
    "user.disabled": marked("disabled a user"),
    "user.enabled": marked("enabled a user again"),
    "user.enrolled": marked("set the first or another password by a link"),
    "user.link_made": marked("made a link for a user to set a password"),
    "user.password_set": marked("set a user's password"),
    "user.role_changed": marked("gave a user another role"),
    "user.sent_elsewhere": marked("let a user sign in at the identity provider only"),
    "user.signed_out": marked("ended a user's sessions"),
    "user.unlocked": marked("opened a locked name"),
    "view.removed": marked("removed a saved view"),
    "view.saved": marked("saved a view of a list"),
}
"""What was done, or was to be done where it was refused. An act of another release is shown by its code."""

WHATS: Final[Mapping[str, str]] = {
    "appeal": marked("what people wrote in it and are called"),
    "document": marked("a document"),
    "envelope": marked("a message as it went over the wire"),
    "history": marked("the history of an appeal"),
    "refused request": marked("a request that was refused"),
    "search by IIN or BIN": marked("found by IIN or BIN"),
}
"""What was read; likewise."""

_PLACES: Final[Mapping[str, str]] = {"console": marked("in the console"), "token": marked("a program, by a token")}
_MACHINE: Final = marked("on the command line of a node")
_OWN: Final[Mapping[str, str]] = {
    "console": marked("somebody who did not get in"),
    "cleaner": marked("the exchange, by its settings"),
    "identity provider": marked("the exchange, by what the provider says"),
}


def place_of(by: str) -> str:
    """From where somebody acted whom the audit log calls so."""
    if by in _OWN:
        return _OWN[by]
    place, colon, _ = by.partition(":")
    return _PLACES.get(place, "") if colon else _MACHINE


def name_of(by: str) -> str:
    """The name without its place."""
    return by.partition(":")[2] if ":" in by else by


NOT_ALLOWED: Final = marked("the role does not allow it")
DETAILS: Final = frozenset(
    {
        marked("acknowledged"),
        marked("no such user"),
        marked("saved"),
        marked("saved, shared"),
        marked("the user is disabled"),
        marked("the user is locked"),
        marked("wrong password"),
        marked("wrong password; locked"),
    }
)
"""What the log says most often besides; the rest is shown as it stands there."""
