"""What each figure of a report is called and means; console, commands, CSV and docs say it in these words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from contracts.party import LocalText, PartyId
from dossier.procedure.law.case_number import court_table
from dossier.procedure.wording import same
from gateway.domain.reports.figures import Figure, GroupBy, Tally
from gateway.texts.reports import ARTICLES, BYS, MEANINGS, NAMES, UNNAMED


@dataclass(frozen=True, slots=True)
class Definition:
    """``article``: of the Code, as the rules write it; empty for a figure of ours."""

    name: LocalText
    meaning: LocalText
    article: str = ""

    @classmethod
    def of(cls, figure: str) -> Definition:
        """That of a figure, or of the rate."""
        return cls(NAMES[figure], MEANINGS[figure], ARTICLES.get(figure, ""))


DEFINITIONS: Final[Mapping[Figure, Definition]] = {figure: Definition.of(figure) for figure in Figure}
RATE: Final = Definition.of("rate")
_DUE: Final = (Figure.ON_TIME, Figure.LATE, Figure.SILENT)


def name_of(by: GroupBy, name: str, parties: Mapping[PartyId, LocalText]) -> LocalText:
    """What a line of a report is called; a body, region or subject without words by its code."""
    if not name:
        return BYS[GroupBy.ALL] if by is GroupBy.ALL else UNNAMED
    match by:
        case GroupBy.BODY:
            return parties.get(PartyId(name)) or same(name)
        case GroupBy.REGION:
            regions = {region.kato: region.name for region in court_table().regions.values()}
            return regions.get(name) or same(name)
        case _:
            return same(name)


def rate(tally: Tally) -> str:
    """``RATE`` to one place; empty where nothing was due."""
    due = sum(tally[figure] for figure in _DUE)
    return f"{100 * tally[Figure.ON_TIME] / due:.1f}" if due else ""
