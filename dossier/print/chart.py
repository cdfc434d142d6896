"""The timeline as a drawing: a lane for everyone who acted, a bar for each term, a point for each act, page by page.

Everything is worked out here to places on the page; the template only draws. Widths are shares of the drawing's
width, heights are millimetres.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from contracts.party import Party, PartyId, PartyRole
from dossier.packaging.description import EventEntry, PartyEntry, TermEntry
from dossier.print.time_axis import AxisSpan, TimeAxis

PAGE_MM: Final = 196.0
AXIS_MM: Final = 10.0
LANE_MM: Final = 11.0
ROW_MM: Final = 8.4
MOST_POINTS: Final = 110
"""On one page: more of them would only be seen as ranges of numbers."""

APPLICANT: Final = PartyId("applicant")
"""The lane of the applicant, for whom the platform acts. No party is called so: ids are those of organisations."""

ZONE: Final = ZoneInfo("Asia/Almaty")
_BY_BARS: Final = frozenset(
    {"term_opened", "term_met", "term_breached", "term_lapsed", "term_reminded", "default_recorded"}
)
_NOT_DRAWN: Final = _BY_BARS | {"message_acknowledged", "reply_resembled"}
_LANDMARKS: Final = frozenset(
    {
        "appeal_registered",
        "replied",
        "disagreed",
        "road_taken",
        "complaint_decided",
        "position_received",
        "dossier_filed",
        "case_reported",
    }
)
_LETTER: Final = 0.0115  # width of a digit of a point's number
_POINT: Final = 0.03


class Charted(Protocol):
    """What is drawn: a dossier's description, or a case as it stands now. ``assembled_at``: which moment "now" is."""

    @property
    def parties(self) -> Sequence[Party | PartyEntry]: ...
    @property
    def timeline(self) -> Sequence[EventEntry]: ...
    @property
    def terms(self) -> Sequence[TermEntry]: ...
    @property
    def assembled_at(self) -> datetime: ...


@dataclass(slots=True)
class _Page:
    """What one page shows, in the order of time."""

    terms: list[TermEntry] = field(default_factory=list)
    events: list[EventEntry] = field(default_factory=list)

    def lanes(self, lane_of: Mapping[PartyId, PartyId]) -> set[PartyId]:
        return {term_lane(term) for term in self.terms} | {
            lane_of.get(event.actor, event.actor) for event in self.events
        }


def chart_pages(description: Charted) -> list[dict[str, object]]:
    """The drawing, split where a page is full; every term and every act is on exactly one of them."""
    lane_of = {party.party_id: APPLICANT for party in description.parties if party.role is PartyRole.PLATFORM}
    order = _lane_order(description)
    return [_drawn(page, description, lane_of, order) for page in _pages(description, lane_of)]


def term_lane(term: TermEntry) -> PartyId:
    """Whoever is bound: the applicant, for whom the platform only stands in, or the party itself."""
    return APPLICANT if term.bound == "applicant" else term.party


def _lane_order(description: Charted) -> list[PartyId]:
    ranks = {PartyRole.AGENCY: 1, PartyRole.EXCHANGE: 2, PartyRole.COURT: 3}
    known = [party for party in description.parties if party.role in ranks]
    return [APPLICANT, *(party.party_id for party in sorted(known, key=lambda party: ranks[party.role]))]


def _pages(description: Charted, lane_of: Mapping[PartyId, PartyId]) -> Iterator[_Page]:
    drawn = [event for event in description.timeline if event.kind not in _NOT_DRAWN]
    items: list[tuple[datetime, TermEntry | EventEntry]] = [(term.started_at, term) for term in description.terms]
    items += [(event.at, event) for event in drawn]
    page = _Page()
    for _, item in sorted(items, key=lambda placed: placed[0]):
        (page.terms if isinstance(item, TermEntry) else page.events).append(item)  # type: ignore[arg-type]
        if _is_full(page, lane_of):
            yield page
            page = _Page()
    if page.terms or page.events:
        yield page


def _is_full(page: _Page, lane_of: Mapping[PartyId, PartyId]) -> bool:
    height = AXIS_MM + LANE_MM * (len(page.lanes(lane_of)) + 1) + ROW_MM * (len(page.terms) + 1)
    return height > PAGE_MM or len(page.events) >= MOST_POINTS


# --- one page -------------------------------------------------------------------------------------------------------


def _drawn(
    page: _Page, description: Charted, lane_of: Mapping[PartyId, PartyId], order: Sequence[PartyId]
) -> dict[str, object]:
    now = description.assembled_at
    instants = [event.at for event in page.events]
    for term in page.terms:
        instants += [term.started_at, term.due_at, _end_of(term, now)]
    axis = TimeAxis(instants, ZONE)
    present = page.lanes(lane_of)
    lanes = [lane for lane in order if lane in present] + sorted(present - set(order))
    drawn = list(_lanes(page, lanes, lane_of, axis, now))
    return {
        "begins": axis.begins.astimezone(ZONE).strftime("%d.%m.%Y"),
        "ends": axis.ends.astimezone(ZONE).strftime("%d.%m.%Y"),
        "height": AXIS_MM + LANE_MM * len(lanes) + ROW_MM * len(page.terms),
        "axis": AXIS_MM,
        "ticks": [{"x": tick.place, "label": tick.label} for tick in axis.ticks()],
        "breaks": [_cut(span) for span in axis.spans if span.is_cut],
        "now": axis.place(now) if axis.begins <= now <= axis.ends else None,
        "lanes": drawn,
    }


def _cut(span: AxisSpan) -> dict[str, object]:
    """A silence left out, with its length in whole days, or minutes where it is shorter."""
    lasted = span.ends - span.begins
    return {
        "x": span.left,
        "width": span.right - span.left,
        "days": lasted.days,
        "minutes": int(lasted.total_seconds() // 60),
    }


def _lanes(
    page: _Page, lanes: Sequence[PartyId], lane_of: Mapping[PartyId, PartyId], axis: TimeAxis, now: datetime
) -> Iterator[dict[str, object]]:
    top = AXIS_MM
    for lane in lanes:
        terms = [term for term in page.terms if term_lane(term) == lane]
        events = [event for event in page.events if lane_of.get(event.actor, event.actor) == lane]
        yield {
            "party": lane,
            "y": top,
            "height": LANE_MM,
            "points": _points(events, axis),
            "rows": [_row(term, top + LANE_MM + ROW_MM * number, axis, now) for number, term in enumerate(terms)],
            "row-height": ROW_MM,
        }
        top += LANE_MM + ROW_MM * len(terms)


# --- terms ----------------------------------------------------------------------------------------------------------


def _end_of(term: TermEntry, now: datetime) -> datetime:
    """Where the bar ends: what was done, when it fell away, or for what was never done, now."""
    if term.done_at is not None:
        return term.done_at
    if not term.is_violated and term.closed_at is not None:
        return term.closed_at
    return max(now, term.started_at)


def _row(term: TermEntry, top: float, axis: TimeAxis, now: datetime) -> dict[str, object]:
    begins, due, end = axis.place(term.started_at), axis.place(term.due_at), axis.place(_end_of(term, now))
    return {
        "term": term.term_id,
        "y": top,
        "begins": begins,
        "due": due,
        "end": end,
        "right": max(due, end),
        "is-done": term.done_at is not None,
        "over": term.is_violated,
    }


# --- points ---------------------------------------------------------------------------------------------------------


def _points(events: Sequence[EventEntry], axis: TimeAxis) -> list[dict[str, object]]:
    """Points that would cover each other are one, with the range of their numbers."""
    clusters: list[list[EventEntry]] = []
    places: list[float] = []
    for event in events:
        place = axis.place(event.at)
        if clusters and place - places[-1] < _room(clusters[-1], event):
            clusters[-1].append(event)
        else:
            clusters.append([event])
            places.append(place)
    return [_point(cluster, place) for cluster, place in zip(clusters, places, strict=True)]


def _room(cluster: Sequence[EventEntry], event: EventEntry) -> float:
    """How far the next point must be for both labels to be read."""
    return _POINT + _LETTER * (len(_label(cluster)) + len(str(event.seq))) / 2


def _label(cluster: Sequence[EventEntry]) -> str:
    first, last = cluster[0].seq, cluster[-1].seq
    if len(cluster) == 1:
        return str(first)
    return f"{first}, {last}" if len(cluster) == 2 else f"{first}–{last}"


def _point(cluster: Sequence[EventEntry], place: float) -> dict[str, object]:
    return {
        "x": place,
        "label": _label(cluster),
        "count": len(cluster),
        "landmark": any(event.kind in _LANDMARKS for event in cluster),
        "bad": any(event.kind == "message_rejected" for event in cluster),
    }
