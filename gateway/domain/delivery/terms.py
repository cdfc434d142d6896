"""What each term alone does not show: terms with a party that contradict each other. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.party import Agreement
from gateway.domain.delivery.quiet_hours import LEAST_OPEN, longest_opening


def problems_of(agreement: Agreement) -> Iterator[str]:
    """Each begins with the name of a term, as the parties file spells it, and says what to do."""
    if not agreement.warn_after < agreement.alarm_after < agreement.page_after:
        yield "warn_after_s: people are warned, then alarmed, then paged: warn_after_s < alarm_after_s < page_after_s"
    opening = longest_opening(agreement.quiet_hours)
    if opening < LEAST_OPEN:
        minutes = opening.total_seconds() // 60
        yield (
            f"quiet_hours: never leave more than {minutes:g} minutes at a stretch, so that hardly anything could be"
            f" delivered; leave {LEAST_OPEN.total_seconds() // 60:g} in a week at least, or let the party fetch"
        )
