"""All lists that are described: what is here has a page, a file, an operation and a command."""

from __future__ import annotations

from typing import Any, Final

from gateway.lists.accesses import ACCESSES
from gateway.lists.acts import ACTS
from gateway.lists.alarms import ALARMS
from gateway.lists.appeals import APPEALS
from gateway.lists.certificates import CERTIFICATES
from gateway.lists.counted_appeals import COUNTED_APPEALS
from gateway.lists.dead_letters import DEAD_LETTERS
from gateway.lists.deliveries import DELIVERIES
from gateway.lists.incidents import INCIDENTS
from gateway.lists.listing import Listing
from gateway.lists.notes import NOTES
from gateway.lists.parties import PARTIES
from gateway.lists.refusals import REFUSALS
from gateway.lists.terms import TERMS
from gateway.lists.users import USERS

LISTS: Final[tuple[Listing[Any, Any], ...]] = (
    APPEALS,
    TERMS,
    COUNTED_APPEALS,
    ALARMS,
    DELIVERIES,
    DEAD_LETTERS,
    PARTIES,
    CERTIFICATES,
    INCIDENTS,
    NOTES,
    REFUSALS,
    ACTS,
    ACCESSES,
    USERS,
)
