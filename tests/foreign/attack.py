"""One hostile container: how it is made, and what must be said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dossier.check.report import Indication, SubIndication

Make = Callable[[], bytes]
FORMAT = SubIndication.FORMAT_FAILURE
REFUSES = "refuses"


@dataclass(frozen=True)
class Attack:
    """``step`` and ``part`` of the first finding that decides; ``what`` is done, in words."""

    name: str
    what: str
    make: Make
    step: int
    part: str
    sub_indication: SubIndication
    indication: Indication
    digidoc: str  # "refuses", or "accepts: " and why, or "not asked: " and why

    @property
    def file_name(self) -> str:
        return f"{self.name}.asice"


class Collection:
    """Attacks by name, in the order in which they are written down."""

    def __init__(self) -> None:
        self.attacks: list[Attack] = []

    def fails(
        self, step: int, part: str, sub: SubIndication = FORMAT, *, digidoc: str = REFUSES
    ) -> Callable[[Make], Make]:
        """The container must end as TOTAL-FAILED."""
        return self._add(step, part, sub, Indication.TOTAL_FAILED, digidoc)

    def undecided(self, step: int, part: str, sub: SubIndication, *, digidoc: str = REFUSES) -> Callable[[Make], Make]:
        """The container must end as INDETERMINATE."""
        return self._add(step, part, sub, Indication.INDETERMINATE, digidoc)

    def _add(
        self, step: int, part: str, sub: SubIndication, indication: Indication, digidoc: str
    ) -> Callable[[Make], Make]:
        def added(make: Make) -> Make:
            name = make.__name__.replace("_", "-")
            what = (make.__doc__ or "").strip()
            self.attacks.append(Attack(name, what, make, step, part, sub, indication, digidoc))
            return make

        return added
