"""Art. 129(3): the defendant may rely only on grounds that the act states. this tells which of a position are new."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.payloads import Ground


@dataclass(frozen=True, slots=True)
class GroundsComparison:
    """``new``: grounds of the position whose article the acts do not cite."""

    new: tuple[Ground, ...]


def compare(position: tuple[Ground, ...], acts: tuple[Ground, ...]) -> GroundsComparison:
    """Hold the grounds of a position against those of the acts that it defends; a mark, never a judgement."""
    cited = {_folded(ground.article) for ground in acts}
    return GroundsComparison(tuple(ground for ground in position if _folded(ground.article) not in cited))


def _folded(article: str) -> str:
    return "".join(article.casefold().split())
