"""Why a message cannot even be sent: what dead letters are grouped by, so that one cure moves all of a group."""

from __future__ import annotations

from enum import StrEnum


class PoisonCause(StrEnum):
    """Stands as the code of the attempt and of the delivery."""

    NO_SUCH_PARTY = "NoSuchParty"  # the registry in force does not have the recipient
    UNSIGNABLE = "Unsignable"  # the message cannot be built or signed with the key that is in use
