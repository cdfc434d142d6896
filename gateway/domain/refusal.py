"""Why an act that was asked for is not done: one of a closed set, with what its words say of the thing. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from contracts.party import LocalText
from gateway.texts.refusals import REFUSALS


class RefusalReason(StrEnum):
    """What stands against an act; its words are in ``gateway/texts/refusals.toml``."""

    NO_ALARM = "no_alarm"
    ALARM_OVER = "alarm_over"
    ALARM_ACKNOWLEDGED = "alarm_acknowledged"
    NO_PARTY = "no_party"
    PAUSED_ALREADY = "paused_already"
    NOT_PAUSED = "not_paused"
    NO_NOTE = "no_note"
    NOTE_CLOSED = "note_closed"
    NO_INCIDENT = "no_incident"
    INCIDENT_CLOSED = "incident_closed"
    SAME_SEVERITY = "same_severity"
    TOO_MANY_VIEWS = "too_many_views"
    NO_USER = "no_user"
    USER_NAME_TAKEN = "user_name_taken"
    OWN_ACCOUNT = "own_account"
    USER_DISABLED = "user_disabled"
    USER_NOT_DISABLED = "user_not_disabled"
    LINK_ENDED = "link_ended"
    USER_NOT_LOCKED = "user_not_locked"
    OTHER_SIGN_IN = "other_sign_in"
    SAME_ROLE = "same_role"
    LAST_ADMINISTRATOR = "last_administrator"
    NO_TOKEN = "no_token"  # noqa: S105 - no password
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 - no password
    TOKEN_NAME_TAKEN = "token_name_taken"  # noqa: S105 - no password


@dataclass(frozen=True, slots=True)
class ActRefusal:
    """``values``: what fills the words of the reason."""

    reason: RefusalReason
    values: Mapping[str, str]

    @property
    def text(self) -> LocalText:
        """For whoever asked for it."""
        words = REFUSALS[self.reason]
        return LocalText(*(text.format(**self.values) for text in (words.kk, words.ru, words.en)))

    @property
    def line(self) -> str:
        """For the audit log, in English, which names no user or token: the subject of the line does."""
        words = REFUSALS[self.reason].en.removeprefix("{name}: ")
        return _LINES.get(self.reason) or words.format(**self.values)


def refusal_of(reason: RefusalReason, **values: object) -> ActRefusal:
    """Instants are said in UTC to the minute by whoever hands them in."""
    return ActRefusal(reason, {name: str(value) for name, value in values.items()})


_LINES: Final[Mapping[RefusalReason, str]] = {
    RefusalReason.NO_USER: "no such user",
    RefusalReason.USER_NAME_TAKEN: "taken",
    RefusalReason.TOKEN_NAME_TAKEN: "taken",
}
