"""Who takes part in what is measured."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from contracts.party import PartyId, PartyRole
from signing.keys.keypair import SoftwareKey

ME: Final = PartyId("dalel")
PLATFORM: Final = PartyId("eotinish")
AGENCY: Final = PartyId("akimat-almaty")
ROLES: Final = {ME: PartyRole.EXCHANGE, PLATFORM: PartyRole.PLATFORM, AGENCY: PartyRole.AGENCY}

Keys = Mapping[PartyId, SoftwareKey]


def make_keys() -> dict[PartyId, SoftwareKey]:
    """RSA-2048, as most parties hold today; the yardstick is of the same kind."""
    now = datetime.now(UTC)
    authority = SandboxAuthority.create("bench", now=now)
    return {
        party: authority.issue(party, bin="000000000000", usage=Usage.MESSAGE, now=now, key_kind="RSA-2048")
        for party in ROLES
    }
