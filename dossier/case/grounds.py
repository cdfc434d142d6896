"""АППК Art. 129(3): a defendant may rely only on reasons stated in the act. Which grounds of a position the act states.

Marked for the judge with the reason, never judged: the comparison is of citations, not of what they mean.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from contracts.party import LocalText
from contracts.payloads import Ground
from dossier.case.citations import Citation, is_listed, plain, read_citation


class Relation(StrEnum):
    """How a ground of a position stands to those of the act; the first that holds, in this order."""

    STATED = "stated"  # the act names the same, or a whole that it is a part of
    WIDER = "wider"  # the act names only a part of what the position names
    NARROWER = "narrower"  # the same article, but not this part of it
    NEW = "new"  # the act does not name the article


@dataclass(frozen=True, slots=True)
class ComparedGround:
    """``stated``: the ground of the act that decided, if one did; ``reason``: why, in words for the judge."""

    ground: Ground
    relation: Relation
    stated: Ground | None
    reason: LocalText


@dataclass(frozen=True, slots=True)
class GroundsComparison:
    """The grounds of a position in its own order."""

    grounds: tuple[ComparedGround, ...]

    def having(self, relation: Relation) -> tuple[ComparedGround, ...]:
        return tuple(one for one in self.grounds if one.relation is relation)

    @property
    def new(self) -> tuple[Ground, ...]:
        """Grounds whose article the act does not name."""
        return tuple(one.ground for one in self.having(Relation.NEW))


def compare(position: tuple[Ground, ...], acts: tuple[Ground, ...]) -> GroundsComparison:
    """Each ground of ``position`` against all grounds of the act, or acts, that it defends, in whatever order."""
    in_order = tuple(sorted(acts, key=lambda ground: (plain(ground.article), ground.text)))
    return GroundsComparison(tuple(_compared(ground, in_order) for ground in position))


def _compared(ground: Ground, acts: tuple[Ground, ...]) -> ComparedGround:
    cited = read_citation(ground.article)
    if cited is None:
        return _compared_as_text(ground, acts)
    for relation in (Relation.STATED, Relation.WIDER, Relation.NARROWER):
        for act in acts:
            if (named := read_citation(act.article)) and _stands(relation, cited, named):
                return ComparedGround(ground, relation, act, _reason(relation.value, act))
    other = "new" if is_listed(cited.law) else "new_other_law"
    return ComparedGround(ground, Relation.NEW, None, _reason(other if acts else "new_no_act"))


def _stands(relation: Relation, cited: Citation, named: Citation) -> bool:
    match relation:
        case Relation.STATED:
            return named.covers(cited)
        case Relation.WIDER:
            return cited.covers(named)
        case _:
            return named.is_of_article(cited)


def _compared_as_text(ground: Ground, acts: tuple[Ground, ...]) -> ComparedGround:
    """A citation that cannot be read is the same only as one that reads the same."""
    same = next((act for act in acts if plain(act.article) == plain(ground.article)), None)
    if same:
        return ComparedGround(ground, Relation.STATED, same, _reason("stated_text", same))
    return ComparedGround(ground, Relation.NEW, None, _reason("new_text" if acts else "new_no_act"))


def _reason(key: str, act: Ground | None = None) -> LocalText:
    cited = act.article if act else ""
    return LocalText(**{language: text.format(act=cited) for language, text in _reasons()[key].items()})


@cache
def _reasons() -> dict[str, Any]:
    read = tomllib.loads(resources.files("dossier.case").joinpath("grounds.toml").read_text(encoding="utf-8"))
    reasons: dict[str, Any] = read["reason"]
    return reasons
