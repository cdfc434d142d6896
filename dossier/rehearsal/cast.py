"""Who takes part in a scenario: a cast that most of them share, and what a file changes in it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from contracts.party import LocalText, PartyId
from dossier.procedure.decision import Competence
from dossier.rehearsal.defaults import NAMES
from dossier.rehearsal.scenario import Cast
from dossier.rehearsal.section import ScenarioInvalid, ScenarioSection

EXCHANGE: Final = PartyId("exchange")
PLATFORM: Final = PartyId("platform")
APPLICANT: Final = "applicant"
"""How a file calls who acts through the platform, and whom notices through it are for."""
NOBODY: Final = "nobody"

_BODY: Final = "akimat"
_DUTY: Final = "duty-body"
_COURT: Final = "court"
_HIGHER: Final = {"akimat": "ministry", "land-office": "ministry"}


def read_cast(file: ScenarioSection) -> Cast:
    """The keys ``parties`` and ``competence`` of a scenario."""
    names = _names(file.section("parties"))
    competence = _competence(file.section("competence"), names)
    return Cast(EXCHANGE, PLATFORM, competence, MappingProxyType(names))


def party(section: ScenarioSection, key: str, cast: Cast, default: str | None = None) -> PartyId:
    """A party that takes part, by its id or as ``applicant``. Raises ``ScenarioInvalid`` for a stranger."""
    return known(section, key, section.text(key, default), cast.names)


def parties(section: ScenarioSection, key: str, cast: Cast) -> tuple[PartyId, ...]:
    """A list of parties that take part."""
    return tuple(known(section, key, name, cast.names) for name in section.texts(key))


def optional_party(section: ScenarioSection, key: str, cast: Cast) -> PartyId | None:
    """A party that takes part; None where the file names none."""
    name = section.optional(key)
    return None if name is None else known(section, key, name, cast.names)


def known(section: ScenarioSection, key: str, name: str, names: Mapping[PartyId, LocalText]) -> PartyId:
    """The party called ``name``."""
    party_id = PLATFORM if name == APPLICANT else PartyId(name)
    if party_id not in names:
        raise ScenarioInvalid(section.line_of(key), f"{name!r} takes no part; add it under 'parties'")
    return party_id


def _names(section: ScenarioSection | None) -> dict[PartyId, LocalText]:
    names = {PartyId(name): text for name, text in NAMES.items()}
    if section is not None:
        names |= {PartyId(name): LocalText(text, text, text) for name, text in section.rest().items()}
        section.close()
    return names


def _competence(section: ScenarioSection | None, names: Mapping[PartyId, LocalText]) -> Competence:
    higher = MappingProxyType({PartyId(body): PartyId(above) for body, above in _HIGHER.items()})
    if section is None:
        return Competence(PartyId(_BODY), PartyId(_COURT), PartyId(_DUTY), higher)
    competence = Competence(
        body=_competent(section, "body", _BODY, names),
        court=_competent(section, "court", _COURT, names),
        duty=_competent(section, "duty", _DUTY, names),
        higher=_pairs(section, "higher", names, higher),
        court_at=_pairs(section, "court_at", names, MappingProxyType({})),
    )
    section.close()
    return competence


def _competent(section: ScenarioSection, key: str, default: str, names: Mapping[PartyId, LocalText]) -> PartyId | None:
    name = section.text(key, default)
    return None if name == NOBODY else known(section, key, name, names)


def _pairs(
    section: ScenarioSection, key: str, names: Mapping[PartyId, LocalText], default: Mapping[PartyId, PartyId]
) -> Mapping[PartyId, PartyId]:
    table = section.section(key)
    if table is None:
        return default
    pairs = table.rest()
    return MappingProxyType({known(table, key, a, names): known(table, a, b, names) for a, b in pairs.items()})
