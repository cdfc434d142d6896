"""Appeals through the API: listed, found by any number, shown without what people wrote, proven by the ledger."""

from __future__ import annotations

import base64
import re

from dossier.ledger.merkle import InclusionProof, TreeHead, read_tree_head, verify_inclusion
from gateway.domain.people.access import UserRole
from signing.keys.detached import is_signed_by
from signing.keys.keypair import Certificate
from tests.worlds.api_program import Program
from tests.worlds.console.appeals_day import (
    CASE_NUMBER,
    IIN,
    LATE_BY,
    CourtCase,
    a_case_in_court,
    a_late_answer,
    list_all,
)
from tests.worlds.exchange.world import AKIMAT, World
from tests.worlds.sealing import seal_all


async def sealed(world: World) -> None:
    await seal_all(world.exchange.store, world.clock)


async def several(program: Program) -> CourtCase:
    """One in court, three that an akimat has."""
    world = program.seat.world
    case = await a_case_in_court(world)
    for _ in range(3):
        world.clock.advance(minutes=1)
        await world.register()
        await world.settle()
    await list_all(world)
    return case


async def test_appeals_are_listed_page_by_page_and_narrowed(program: Program):
    case = await several(program)
    await program.given(UserRole.VIEWER)
    path, read = "/appeals?limit=3&order=oldest", []
    while path:
        answered = (await program.get(path)).json
        read += [one["appeal_number"] for one in answered["items"]]
        path = (answered["next"] or "").removeprefix("/api/v1")
    assert len(read) == len(set(read)) == 4
    assert read[0] == case.number
    for requested, count in (
        ("group=court", 1),
        ("group=disagreed", 1),
        ("missed=true", 1),
        ("status=with_body", 3),
        ("status=with_body&group=court", 0),
        (f"body={AKIMAT}&opened_before=2001-01-01T00:00:00Z", 0),
    ):
        assert len((await program.get(f"/appeals?{requested}")).json["items"]) == count, requested


async def test_one_appeal_is_told_in_words_with_its_terms_and_roads_and_dossiers(program: Program):
    case = await several(program)
    await program.given(UserRole.VIEWER)
    shown = await program.get(f"/appeals/{case.number}")
    reported = shown.json
    assert reported["appeal"]["case_number"] == CASE_NUMBER
    assert [one["seq"] for one in reported["history"]] == list(range(1, len(reported["history"]) + 1))
    assert reported["roads"][0]["kind"] == "court"
    assert reported["dossiers"][0]["sha256"]
    assert any(term["late"] or term["state"] == "breached" for term in reported["terms"])
    assert reported["deliveries"]
    kazakh = (await program.get(f"/appeals/{case.number}", **{"Accept-Language": "kk"})).json
    assert re.search("[әғқңөұүі]", kazakh["history"][0]["words"])
    for personal in (IIN, "келіспеймін"):
        assert personal not in shown.body.decode()


async def test_what_people_wrote_is_read_by_few_and_each_reading_is_logged(program: Program):
    case = await several(program)
    await program.given(UserRole.OPERATOR)
    assert (await program.get(f"/appeals/{case.number}/words")).json["right"] == "read_personal"
    assert await program.seat.accesses() == []
    await program.given(UserRole.AUDITOR)
    words = (await program.get(f"/appeals/{case.number}/words")).json
    assert words["applicant"]["iin_bin"] == IIN
    assert any("келіспеймін" in one["text"] for one in words["messages"])
    assert await program.seat.accesses() == [("token:2", "appeal", case.number)]


async def test_an_appeal_is_found_by_any_number_and_by_a_person_only_by_who_may(program: Program):
    case = await several(program)
    await program.given(UserRole.OPERATOR, "curious")
    for number in (case.number, CASE_NUMBER, case.conversation_id):
        found = (await program.post("/appeals/find", {"number": number})).json["appeals"]
        assert [one["appeal_number"] for one in found] == [case.number], number
    assert (await program.post("/appeals/find", {"number": IIN})).problem == "no-right"
    assert [line[0] for line in await program.seat.audit("person.looked_for")] == ["token:curious"]
    await program.given(UserRole.SUPPORT)
    found = (await program.post("/appeals/find", {"number": IIN})).json["appeals"]
    assert case.number in {one["appeal_number"] for one in found}
    assert ("token:2", "search by IIN or BIN", case.number) in await program.seat.accesses()


async def test_terms_are_listed_page_by_page_with_their_wording(program: Program):
    await several(program)
    await program.given(UserRole.VIEWER)
    path, read = "/terms?which=open&limit=1", []
    while path:
        answered = (await program.get(path)).json
        read += [(one["conversation_id"], one["term_id"]) for one in answered["items"]]
        path = (answered["next"] or "").removeprefix("/api/v1")
    assert len(read) == len(set(read)) >= 3
    missed = (await program.get("/terms?which=breached")).json["items"]
    assert all(one["breached_at"] for one in missed)
    assert (await program.get("/terms?after=nonsense")).problem == "invalid-request"


async def test_a_term_that_was_met_late_says_when_it_was_missed_and_when_and_by_what_it_was_met(program: Program):
    late = await a_late_answer(program.seat.world)
    await program.given(UserRole.VIEWER)
    reported = (await program.get(f"/appeals/{late.number}")).json
    (term,) = (one for one in reported["terms"] if one["duty"] == "consideration")
    assert (term["state"], term["late_by_s"]) == ("breached", LATE_BY.total_seconds())
    (deed,) = (one for one in reported["history"] if one["seq"] == term["late_by_seq"])
    assert (deed["kind"], deed["at"], bool(deed["message_id"])) == ("replied", term["done_at"], True)
    assert term["due_at"] < term["closed_at"] < term["done_at"]

    (listed,) = (await program.get("/terms?which=met_late")).json["items"]
    assert (listed["met_at"], listed["late_by_s"]) == (term["done_at"], LATE_BY.total_seconds())
    assert listed["breached_at"] == term["closed_at"]
    assert (await program.get("/terms?which=breached")).json["items"] == []


# --- the ledger -----------------------------------------------------------------------------------------------------


async def test_every_event_of_an_appeal_is_proven_by_whoever_has_the_head(program: Program):
    case = await several(program)
    await program.given(UserRole.VIEWER)
    assert (await program.get(f"/appeals/{case.number}/proof")).problem == "not-sealed-yet"
    await sealed(program.seat.world)
    proven = (await program.get(f"/appeals/{case.number}/proof")).json
    history = (await program.get(f"/appeals/{case.number}")).json["history"]
    seal = proven["seal"]
    signed, certificate = base64.b64decode(seal["head"]), Certificate.from_der(base64.b64decode(seal["certificate"]))
    assert is_signed_by(certificate, signed, base64.b64decode(seal["signature"]))
    head = read_tree_head(signed)
    assert [one["seq"] for one in proven["events"]] == [one["seq"] for one in history]
    for one, event in zip(proven["events"], history, strict=True):
        leaf, path = bytes.fromhex(one["leaf"]), tuple(map(bytes.fromhex, one["path"]))
        assert one["leaf"] == event["leaf"]
        assert verify_inclusion(InclusionProof(leaf, one["position"], one["tree_size"], path), leaf, head)


async def test_a_head_that_was_kept_is_continued_and_another_is_not(program: Program):
    await several(program)
    await program.given(UserRole.VIEWER)
    assert (await program.get("/ledger")).json["newest"] is None
    await sealed(program.seat.world)
    newest = (await program.get("/ledger")).json["newest"]
    kept = {name: newest[name] for name in ("log", "tree_size", "root", "at")}
    await program.seat.world.register()
    await sealed(program.seat.world)
    assert (await program.get("/ledger")).json["figures"]["tree_size"] > newest["tree_size"]
    assert (await program.post("/ledger/continues", kept)).json == {"continues": True}
    assert (await program.post("/ledger/continues", kept | {"root": "0" * 64})).json == {"continues": False}


async def test_a_leaf_is_shown_with_its_proof_and_its_content_to_who_may_audit(program: Program):
    await several(program)
    await sealed(program.seat.world)
    await program.given(UserRole.VIEWER)
    leaf = (await program.get("/ledger/leaves/0")).json
    head = leaf["seal"]
    tree = TreeHead(head["log"], head["tree_size"], bytes.fromhex(head["root"]), program.seat.world.clock.now())
    digest, path = bytes.fromhex(leaf["digest"]), tuple(map(bytes.fromhex, leaf["proof"]["path"]))
    assert verify_inclusion(InclusionProof(digest, 0, leaf["proof"]["tree_size"], path), digest, tree)
    assert leaf["content"] is None
    assert (await program.get("/ledger/leaves/999999")).problem == "not-found"
