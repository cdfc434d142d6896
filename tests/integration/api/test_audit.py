"""What was done, read, refused and counted, through the API: for those who judge it."""

from __future__ import annotations

from gateway.domain.people.access import UserRole
from gateway.workers.tally import CauseCounter
from tests.integration.console.test_access import a_stuck_delivery
from tests.worlds.api_program import Program
from tests.worlds.builders import refusal
from tests.worlds.console.appeals_day import IIN, list_all
from tests.worlds.exchange.world import AKIMAT

REASON = {"reason": "they say they are back"}


async def test_acts_of_a_token_are_found_by_its_name_page_by_page(program: Program):
    number = await a_stuck_delivery(program.seat)
    await program.given(UserRole.OPERATOR, "night")
    for act in ("resend", "park", "release"):
        await program.post(f"/deliveries/{number}/{act}", REASON)
    assert (await program.get("/audit/acts")).json["right"] == "audit"
    await program.given(UserRole.AUDITOR)
    path, read = "/audit/acts?by=token%3Anight&limit=2", []
    while path:
        answered = (await program.get(path)).json
        read += answered["items"]
        path = (answered["next"] or "").removeprefix("/api/v1")
    assert [one["act"] for one in read] == ["delivery.released", "delivery.parked", "delivery.resent"]
    assert {one["reason"] for one in read} == {REASON["reason"]}
    assert all(one["leaf"] == {"position": None} for one in read)


async def test_who_looked_at_personal_data_is_listed(program: Program):
    number = await a_stuck_delivery(program.seat)
    await program.given(UserRole.AUDITOR)
    sha256 = (await program.get(f"/deliveries/{number}")).json["tried"][0]["request_sha256"]
    await program.get(f"/deliveries/{number}/envelopes/{sha256}")
    (look,) = (await program.get("/audit/accesses?reader=token%3A1")).json["items"]
    assert (look["what"], look["subject"]) == ("envelope", f"{number} {sha256}")
    appeal = (await program.get(f"/deliveries/{number}")).json["delivery"]["appeal_number"]
    assert look["about"] == appeal
    assert len((await program.get(f"/audit/accesses?about={appeal}")).json["items"]) == 1


async def test_refusals_are_listed_and_narrowed_and_no_address_holds_a_persons_number(program: Program):
    await program.seat.world.post("appeals", b"<nonsense/>")
    await program.given(UserRole.VIEWER)
    (refused,) = (await program.get("/refusals")).json["items"]
    assert refused["code"]
    assert (await program.get(f"/refusals?code={refused['code']}")).json["items"] == [refused]
    assert (await program.get("/refusals?code=DoctypeForbidden")).json["items"] == []
    assert (await program.get("/refusals?code=other")).problem == "invalid-request"
    assert (await program.get("/refusals?message_id=900101300017")).problem == "invalid-request"


async def test_what_goes_wrong_most_is_counted_by_kind_and_held_against_the_period_before(program: Program):
    world = program.seat.world
    for times in (1, 3):
        for _ in range(times):
            await world.post("appeals", b"<nonsense/>")
        world.clock.advance(minutes=24 * 60)
    world.clock.advance(minutes=-60)
    tally = CauseCounter(world.exchange)
    while await tally.run_once():
        pass
    await program.given(UserRole.VIEWER)
    answered = (await program.get("/causes")).json
    (cause,) = answered["causes"]
    assert (cause["kind"], cause["party"], cause["count"], cause["before"], cause["trend"]) == (
        "refusal",
        "",
        3,
        1,
        200,
    )
    assert answered["before"] < answered["since"]
    assert (await program.get("/causes?kind=refusal&period=7d")).json["causes"][0]["count"] == 4
    assert (await program.get("/causes?kind=breach")).json["causes"] == []
    assert (await program.get(f"/causes?party={AKIMAT}")).json["causes"] == []
    assert (await program.get("/causes?period=2d")).problem == "invalid-request"


async def test_a_report_counts_by_body_what_the_console_counts(program: Program):
    world = program.seat.world
    for _ in range(2):
        await world.register()
    await list_all(world)
    await program.given(UserRole.VIEWER)
    year = f"since={world.clock.now():%Y}-01-01&until={world.clock.now():%Y}-12-31"
    (line,) = (await program.get(f"/reports?{year}&by=body")).json["lines"]
    assert (line["name"], line["figures"]["received"], line["figures"]["open"]) == (AKIMAT, 2, 2)
    assert (await program.get(f"/reports?{year}&by=month&among=body&name={AKIMAT}")).json["lines"][0]["figures"]
    for wrong in ("by=body", f"{year}&among=body", f"{year}&among=month&name=x", f"{year}&by=region&among=body&name=x"):
        assert (await program.get(f"/reports?{wrong}")).problem == "invalid-request", wrong


async def test_a_persons_number_in_a_refusals_detail_is_blotted_out_for_who_need_not_read_it(program: Program):
    await program.seat.world.exchange.store.run(refusal(detail=f"iin: {IIN}x is none"))
    for role, detail in ((UserRole.OPERATOR, "iin: •••x is none"), (UserRole.AUDITOR, f"iin: {IIN}x is none")):
        await program.given(role)
        assert [one["detail"] for one in (await program.get("/refusals")).json["items"]] == [detail]
