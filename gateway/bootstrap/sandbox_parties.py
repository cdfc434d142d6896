"""The sandbox's cast: platform, reception centre, agencies, court and the authorities that vouch for them.

Names are modelled on bodies of the city of Almaty; numbers are fictional and have valid check digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from connectors.sandbox import write_party
from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from connectors.sandbox.authorities.folder import services_at, write_authorities
from connectors.sandbox.authorities.stamping import TSA_BIN, TSA_NAME
from connectors.sandbox.behaviour import Behaviour
from contracts.party import Channel, LocalText, PartyRole
from gateway.texts.text_file import TextFile
from signing.keys.files import write_certificate, write_pair, write_private_key


@dataclass(frozen=True, slots=True)
class CastMember:
    """One member of the cast. ``higher``: the member that a complaint against this one goes to."""

    party_id: str
    role: PartyRole
    channel: Channel
    bin: str
    higher: str | None = None

    @property
    def name(self) -> LocalText:
        """As the registry has it."""
        return NAMES[self.party_id]


@dataclass(frozen=True, slots=True)
class Ports:
    """``inbox``: where a push party is called, and authorities are asked. ``control``: where one bends them."""

    inbox: int
    control: int


_TEXTS: Final = TextFile(Path(__file__).with_suffix(".toml"))
NAMES: Final[Mapping[str, LocalText]] = _TEXTS.table("names")
_TEXTS.end()

HIGHER_BODY: Final = "akim-almaty"
"""To which both departments are subordinate."""

CAST: Final = (
    CastMember("eotinish", PartyRole.PLATFORM, Channel.PUSH, "161140003011"),
    CastMember("akimat-almaty", PartyRole.AGENCY, Channel.PUSH, "970340001029", higher=HIGHER_BODY),
    CastMember("jer-almaty", PartyRole.AGENCY, Channel.MAILBOX, "050240007181", higher=HIGHER_BODY),
    CastMember("smas-almaty", PartyRole.COURT, Channel.PUSH, "150540002093"),
    CastMember(HIGHER_BODY, PartyRole.AGENCY, Channel.PUSH, "940640002409"),
    CastMember("natije-almaty", PartyRole.PLATFORM, Channel.PUSH, "210940001707"),
)

AUTHORITIES: Final = "authorities"
"""Name of the service that stamps time and answers for the sandbox's certificates; a folder beside the parties'."""

ALMATY: Final = "75"  # KATO prefix of the city and its districts

PLACE: Final = "750000000"  # the city itself, where all bodies of the cast sit

ROUTES: Final = (
    {"role": "agency", "subject": "*", "kato": ALMATY, "level": "region", "party": "akimat-almaty"},
    {"role": "agency", "subject": "LAND", "kato": ALMATY, "level": "district", "party": "jer-almaty"},
    {"role": "court", "subject": "*", "kato": "*", "party": "smas-almaty"},
)

DUTY_BODY: Final = "akimat-almaty"
"""Gets what no route fits: an appeal from outside the city."""

_TERMS: Final = {
    "attempt_timeout_s": 10,  # the court reads a whole dossier before it acknowledges
    "first_wait_s": 0.5,  # so that one sees retries in a demo
    "longest_wait_s": 4,
    "receipt_within_s": 20,
    "mailbox_lease_s": 20,
}


def write_sandbox(
    home: Path,
    authority: SandboxAuthority,
    *,
    exchange_port: int,
    ports: Mapping[str, Ports],
    behaviours: Mapping[str, Behaviour],
    now: datetime,
) -> None:
    """Write ``sandbox/<party>/`` for the whole cast, and ``sandbox/authorities/``."""
    _write_authorities(home / "sandbox" / AUTHORITIES, authority, ports[AUTHORITIES], now)
    for party in CAST:
        key = authority.issue(
            party.name.ru, bin=party.bin, usage=Usage.MESSAGE, now=now, services=services_at(ports[AUTHORITIES].inbox)
        )
        folder = home / "sandbox" / party.party_id
        _write_folder(folder, party, exchange_port, ports[party.party_id], behaviours.get(party.party_id))
        write_private_key(folder / "key.pem", key)
        write_certificate(folder / "cert.pem", key.certificate)


def _write_authorities(folder: Path, authority: SandboxAuthority, ports: Ports, now: datetime) -> None:
    services = services_at(ports.inbox)
    for name, usage in (("tsa", Usage.TIME_STAMPS), ("ocsp", Usage.OCSP)):
        key = authority.issue(TSA_NAME, bin=TSA_BIN, usage=usage, now=now, services=services)
        write_pair(folder, name, key)
    ca_folder = Path("..") / ".." / "ca"
    write_authorities(folder, listen_port=ports.inbox, control_port=ports.control, ca_folder=ca_folder)


def _write_folder(
    folder: Path, party: CastMember, exchange_port: int, ports: Ports, behaviour: Behaviour | None
) -> None:
    """Paths are relative: the home folder may be renamed or moved."""
    root = Path("..") / ".."
    write_party(
        folder,
        party_id=party.party_id,
        kind=party.role.value,
        listen_port=ports.inbox if party.channel.is_called else 0,
        control_port=ports.control,
        exchange_url=f"http://127.0.0.1:{exchange_port}/soap/v1",
        exchange_certificate=root / "keys" / "exchange.pem",
        anchors=[root / "trust" / "sandbox-authority.pem"],
        behaviour=behaviour,
    )


def party_entries(ports: Mapping[str, Ports]) -> list[dict[str, Any]]:
    """The cast as the parties file names it."""
    return [_entry(party, ports[party.party_id]) for party in CAST]


def agreement_entries() -> list[dict[str, Any]]:
    """Short waits for everybody."""
    return [{"party_id": party.party_id, **_TERMS} for party in CAST]


def _entry(party: CastMember, ports: Ports) -> dict[str, Any]:
    endpoint = {"endpoint": f"http://127.0.0.1:{ports.inbox}/inbox"} if party.channel.is_called else {}
    return {
        "party_id": party.party_id,
        "role": party.role.value,
        "bin": party.bin,
        "name": {"kk": party.name.kk, "ru": party.name.ru, "en": party.name.en},
        "channel": party.channel.value,
        **endpoint,
        **({"higher": party.higher} if party.higher else {}),
        **({"kato": PLACE} if party.role in (PartyRole.AGENCY, PartyRole.COURT) else {}),
        "certificates": [f"sandbox/{party.party_id}/cert.pem"],
    }
