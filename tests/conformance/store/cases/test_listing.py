"""Appeals as the console lists and finds them, on both databases: kept by a loop, page by page, by any number."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from contracts.header import ConversationId
from contracts.party import PartyId
from contracts.payloads import CaseStage, ClaimKind, DecisionKind
from dossier.case.appeal import Status
from dossier.case.events import (
    AppealAssigned,
    AppealWithdrawn,
    CaseReported,
    DefaultRecorded,
    Disagreed,
    Replied,
    TermBreached,
    TermMet,
)
from gateway.domain.people.persons import PersonKey
from gateway.ports.appeals import (
    AppealQuery,
    FindConversations,
    FindConversationsOfPerson,
    ListAppeals,
    ListingProgress,
    ListingWrite,
    ListMovedHistories,
    ListUnlisted,
    ListUnread,
    LoadAppealVersion,
    LoadListing,
    LoadPersonsKey,
    TermQuery,
)
from gateway.ports.case import EraseCases
from gateway.ports.deliveries import ClaimDeliveries, DeliveryPageQuery
from gateway.service.cases.listing import listed
from gateway.store.database import SqlStore
from tests.conformance.store.conftest import SecondConnection
from tests.worlds.builders import (
    AKIMAT,
    JER,
    MINUTE,
    NOON,
    conversation_id,
    opening,
    outgoing,
    registered,
    term,
    writing,
)

KEY = PersonKey(b"k" * 32)
DAY = timedelta(days=1)
REPLIED = Replied(AKIMAT, DecisionKind.REFUSED, "12-7", date(2026, 11, 20), states_appeal_road=True)


async def appeal(store: SqlStore, number: int, *facts: object, body: PartyId = AKIMAT) -> ConversationId:
    """An appeal that was handed to a body, ``number`` minutes past noon, and what happened then."""
    conversation, at = conversation_id(), NOON + number * MINUTE
    name = f"DL-2026-{number:010}"
    reported_by = (registered(name), AppealAssigned(body), *facts)
    await store.run(opening(conversation_id=conversation, at=at, facts=reported_by, appeal_number=name))
    return conversation


async def list_moved(store: SqlStore, *, key: PersonKey | None = KEY) -> int:
    """What the loop does, once."""
    at = await store.run(LoadListing())
    moved = await store.run(ListMovedHistories(at.leaf_id, settled_before=NOON + DAY, limit=100))
    lines = tuple(listed(one, key) for one in await store.run(ListUnread(moved.ids)))
    await store.run(ListingWrite(lines, moved.leaf_id, key and key.name))
    return len(lines)


async def numbers(store: SqlStore, query: AppealQuery) -> list[int]:
    return [int(row.appeal_number[-10:]) for row in await store.run(query)]


async def test_a_history_is_listed_once_and_again_only_when_it_has_moved(store: SqlStore):
    conversation = await appeal(store, 1)
    assert await list_moved(store) == 1
    assert await list_moved(store) == 0

    await store.run(writing(conversation, 2, REPLIED))
    assert await list_moved(store) == 1
    (row,) = await store.run(AppealQuery())
    assert (row.status, row.body, row.subject, row.missed) == (Status.REPLIED, AKIMAT, registered().subject, 0)


async def test_lists_are_narrowed_by_all_that_a_page_offers_and_go_on_where_they_ended(store: SqlStore):
    late = (term("t", due_at=NOON), TermBreached("t", AKIMAT))
    await appeal(store, 1)
    await appeal(store, 2, *late)
    await appeal(store, 3, replace(REPLIED, body=JER), body=JER)
    await appeal(store, 4, Disagreed(ClaimKind.CONTEST, "absent"))
    await appeal(store, 5, *late, AppealWithdrawn())
    await list_moved(store)

    assert await numbers(store, AppealQuery()) == [5, 4, 3, 2, 1]
    assert await numbers(store, AppealQuery(missed=True)) == [5, 2]
    assert await numbers(store, AppealQuery(missed=True, statuses=frozenset({Status.WITHDRAWN}))) == [5]
    assert await numbers(store, AppealQuery(missed=True, body=AKIMAT)) == [5, 2]
    assert await numbers(store, AppealQuery(disagreed=True)) == [4]
    assert await numbers(store, AppealQuery(disagreed=True, body=JER)) == []
    assert await numbers(store, AppealQuery(statuses=frozenset({Status.WITH_BODY, Status.WITHDRAWN}))) == [5, 4, 2, 1]
    assert await numbers(store, AppealQuery(opened_before=NOON + 2 * MINUTE)) == [2, 1]

    first = AppealQuery(statuses=frozenset({Status.WITH_BODY, Status.WITHDRAWN}), limit=2)
    assert await numbers(store, replace(first, after="DL-2026-0000000004")) == [2, 1]
    assert await numbers(store, replace(first, after="DL-2026-0000000002", oldest_first=True)) == [4, 5]


async def test_a_case_is_found_by_its_numbers_also_before_it_is_listed(store: SqlStore):
    conversation = await appeal(store, 1)
    for number in ("DL-2026-0000000001", conversation):
        assert await store.run(FindConversations(number)) == (conversation,)
    (row,) = await store.run(ListAppeals((conversation,)))
    assert (row.status, row.missed, row.disagreed) == (None, 0, False)

    await store.run(writing(conversation, 2, CaseReported(CaseStage.REGISTERED, "7594-26-00-4/123", None)))
    await list_moved(store)
    assert await store.run(FindConversations("7594-26-00-4/123")) == (conversation,)
    assert await store.run(FindConversations("nothing")) == ()


async def test_two_appeals_that_the_court_joined_into_one_case_are_both_found_by_its_number(store: SqlStore):
    joined = CaseReported(CaseStage.REGISTERED, "7594-26-00-4/123", None)
    for number in (1, 2):
        conversation = conversation_id()
        facts = (registered(name := f"DL-2026-{number:010}"), AppealAssigned(AKIMAT), joined)
        message, at = outgoing(conversation, AKIMAT), NOON + number * MINUTE
        await store.run(opening(message, conversation_id=conversation, at=at, facts=facts, appeal_number=name))
    await list_moved(store)

    found = await store.run(ListAppeals(await store.run(FindConversations("7594-26-00-4/123"))))
    assert [row.appeal_number for row in found] == ["DL-2026-0000000002", "DL-2026-0000000001"]


async def test_a_message_of_ours_leads_to_its_case(store: SqlStore):
    conversation = conversation_id()
    message = outgoing(conversation, AKIMAT)
    await store.run(opening(message, conversation_id=conversation, appeal_number="DL-2026-0000000001"))
    (delivery,) = await store.run(DeliveryPageQuery())
    assert await store.run(FindConversations(str(delivery.delivery_id))) == (conversation,)


async def test_what_is_not_listed_as_it_is_is_found_by_the_walk_and_so_is_another_key(store: SqlStore):
    ids = sorted([await appeal(store, number) for number in range(1, 4)])
    walked = [await store.run(ListUnlisted("", persons_key=KEY.name, look_at=2, limit=1))]
    walked.append(await store.run(ListUnlisted(walked[0][1], persons_key=KEY.name, look_at=2, limit=9)))
    walked.append(await store.run(ListUnlisted(walked[1][1], persons_key=KEY.name, look_at=2, limit=9)))
    assert walked == [((ids[0],), ids[0]), ((ids[1], ids[2]), ids[2]), ((), "")]

    await list_moved(store)
    assert await store.run(ListUnlisted("", persons_key=KEY.name, look_at=9, limit=9)) == ((), "")
    assert (await store.run(ListUnlisted("", persons_key="another", look_at=9, limit=9)))[0] == tuple(ids)


async def test_persons_are_found_by_their_digest_only_and_go_with_the_case(store: SqlStore, look: SecondConnection):
    conversation = await appeal(store, 1, AppealWithdrawn())
    digest = KEY.digest("900101300017")
    await list_moved(store)
    line = replace(listed((await store.run(ListUnread((conversation,))))[0], KEY), persons=frozenset({digest}))
    await store.run(ListingWrite((line,), 0, KEY.name))

    assert await store.run(FindConversationsOfPerson(digest)) == (conversation,)
    assert await store.run(LoadPersonsKey()) == KEY.name
    assert "900101300017" not in repr([look.rows(name) for name in ("appeal_persons", "listed_appeals", "listings")])

    later = NOON + 400 * DAY
    assert (await store.run(EraseCases((conversation,), later, by="cleaner", reason="old", at=later))).count == 1
    assert await store.run(FindConversationsOfPerson(digest)) == ()
    await store.run(ListingWrite((line,), 0, KEY.name))  # a loop that read it before comes late
    assert await store.run(FindConversationsOfPerson(digest)) == ()
    (row,) = await store.run(ListAppeals((conversation,)))
    assert (row.status, row.erased_at) == (Status.WITHDRAWN, later)


async def test_a_version_differs_when_the_case_or_a_delivery_moves(store: SqlStore):
    conversation = conversation_id()
    await store.run(opening(outgoing(conversation, AKIMAT), conversation_id=conversation))
    versions = [await store.run(LoadAppealVersion(conversation))]
    await store.run(ClaimDeliveries(now=NOON + DAY, limit=1, lease_until=NOON + 2 * DAY))
    versions.append(await store.run(LoadAppealVersion(conversation)))
    await store.run(writing(conversation, 1, REPLIED))
    versions.append(await store.run(LoadAppealVersion(conversation)))
    assert len(set(versions)) == 3
    assert await store.run(LoadAppealVersion(ConversationId("none"))) is None


@pytest.mark.parametrize("party", [None, AKIMAT])
async def test_terms_are_listed_by_what_is_due_first_and_by_what_was_missed_last(
    store: SqlStore, party: PartyId | None
):
    of = TermQuery(breached=False, party=party)
    one, two = await appeal(store, 1, term("a", due_at=NOON + DAY)), await appeal(store, 2, term("b", due_at=NOON))
    await store.run(writing(one, 3, term("c", due_at=NOON + 3 * DAY, duty="redirect")))

    async def reported_by(query: TermQuery) -> list[str]:
        return [row.term_id for row in await store.run(query)]

    assert await reported_by(of) == ["b", "a", "c"]
    assert await reported_by(replace(of, until=NOON + DAY)) == ["b", "a"]
    assert await reported_by(replace(of, duty="redirect")) == ["c"]
    assert await reported_by(replace(of, after=(two, "b"), limit=1)) == ["a"]
    (row,) = await store.run(replace(of, limit=1))
    assert (row.appeal_number, row.article) == ("DL-2026-0000000002", term("b").article)

    missed = TermQuery(breached=True, party=party)
    await store.run(writing(one, 4, TermBreached("a", AKIMAT), at=NOON + DAY))
    await store.run(writing(two, 3, DefaultRecorded("b", AKIMAT), at=NOON + 2 * DAY))
    assert await reported_by(missed) == ["b", "a"]
    assert await reported_by(replace(missed, since=NOON + 2 * DAY)) == ["b"]
    assert await reported_by(replace(missed, after=(two, "b"))) == ["a"]
    await store.run(writing(one, 5, TermMet("c", late=False)))
    assert await reported_by(of) == []


async def test_a_loop_that_never_ran_stands_at_the_beginning(store: SqlStore):
    assert await store.run(LoadListing()) == ListingProgress()
