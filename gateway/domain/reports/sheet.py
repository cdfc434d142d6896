"""A report as lines of cells, for CSV: figures by their codes, and under them what each means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from contracts.party import LocalText, PartyId
from dossier.procedure.wording import article_text
from gateway.domain.reports.definitions import DEFINITIONS, name_of
from gateway.domain.reports.figures import Figure, GroupBy, Tally
from gateway.domain.reports.periods import DayPeriod
from gateway.texts.reports import BASIS

Cells = tuple[str, ...]
_TOTAL: Final = "total"


def sheet(
    lines: Iterable[tuple[str, Tally]], total: Tally, by: GroupBy, period: DayPeriod, language: str,
    parties: Mapping[PartyId, LocalText],
) -> Iterator[Cells]:  # fmt: skip
    """Headings, a line for each name, the total, and the definitions in one language.

    ``total``: of whole appeals; by body the lines may add up to more.
    """
    yield ("since", "until", by.value, "name", *(figure.value for figure in Figure))
    days = (period.since.isoformat(), period.until.isoformat())
    for name, tally in lines:
        yield (*days, name, _in(name_of(by, name, parties), language), *_counts(tally))
    yield (*days, _TOTAL, "", *_counts(total))
    yield ()
    for figure, definition in DEFINITIONS.items():
        article = _in(article_text(definition.article), language) if definition.article else ""
        yield (figure.value, _in(definition.name, language), _in(definition.meaning, language), article)
    yield ("", "", _in(BASIS, language), "")


def _counts(tally: Tally) -> Cells:
    return tuple(str(tally[figure]) for figure in Figure)


def _in(text: LocalText, language: str) -> str:
    words: str = getattr(text, language)
    return words
