"""Files taken away through the API: they prove themselves, and whoever takes one is in the log of accesses."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import aiohttp
import pytest

from dossier.check.report import ContainerKind, VerificationReport
from dossier.check.verification import verify_container
from gateway.console.context import CONTEXT
from gateway.domain.people.access import RIGHTS, Right, UserRole
from gateway.service.evidence.message import MOST_WAITING
from tests.integration.console.test_access import a_stuck_delivery
from tests.worlds.api_program import ApiAnswer, Program
from tests.worlds.console.appeals_day import CourtCase, a_case_in_court
from tests.worlds.exchange.world import World

ASICE = "application/vnd.etsi.asic-e+zip"
OTHERS = [role for role in UserRole if Right.READ_PERSONAL not in RIGHTS[role]]


@pytest.fixture
async def case(program: Program) -> CourtCase:
    return await a_case_in_court(program.seat.world)


def verified(answered: ApiAnswer, world: World, folder: Path) -> VerificationReport:
    """By the code of ``dalel verify``."""
    path = folder / "taken.asice"
    path.write_bytes(answered.body)
    return verify_container(path, [world.anchor], now=world.clock.now())


def biggest_file(world: World) -> Path:
    """The bytes of the dossier."""
    files = [path for path in (world.folder / "documents").rglob("*") if path.is_file()]
    return max(files, key=lambda path: path.stat().st_size)


# --- evidence -------------------------------------------------------------------------------------------------------


async def test_evidence_proves_itself_and_who_took_it_is_logged_as_at_the_console(program: Program, tmp_path: Path):
    number = await a_stuck_delivery(program.seat)
    await program.given(UserRole.AUDITOR)
    taken = await program.get(f"/deliveries/{number}/evidence")
    assert taken.headers["Content-Type"] == ASICE
    assert taken.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''delivery-{number}-evidence.asice"
    assert taken.headers["Cache-Control"] == "no-store"
    report = verified(taken, program.seat.world, tmp_path)
    assert (report.kind, report.is_passed) == (ContainerKind.EVIDENCE, True), list(report.findings())
    shown = (await program.get(f"/deliveries/{number}")).json["delivery"]
    assert await program.seat.accesses() == [("token:1", "evidence", f"{number} {shown['message_id']}")]


async def test_whoever_comes_when_many_wait_for_evidence_is_told_to_come_again(program: Program):
    number = await a_stuck_delivery(program.seat)
    await program.given(UserRole.AUDITOR)
    packer = program.seat.app[CONTEXT].packer
    packer.waiting = MOST_WAITING
    answered = await program.get(f"/deliveries/{number}/evidence")
    assert (answered.status, answered.problem, answered.headers["Retry-After"]) == (503, "busy", "30")
    assert await program.seat.accesses() == []
    packer.waiting = 0
    assert (await program.get(f"/deliveries/{number}/evidence")).status == 200
    assert packer.waiting == 0


# --- dossiers -------------------------------------------------------------------------------------------------------


async def test_a_dossier_is_taken_as_it_was_filed_and_who_took_it_is_logged(
    program: Program, case: CourtCase, tmp_path: Path
):
    await program.given(UserRole.AUDITOR)
    (dossier,) = (await program.get(f"/appeals/{case.number}")).json["dossiers"]
    taken = await program.get(f"/appeals/{case.number}/dossiers/{dossier['dossier_no']}/container")
    assert taken.headers["Content-Type"] == ASICE
    assert taken.body == biggest_file(program.seat.world).read_bytes()
    assert verified(taken, program.seat.world, tmp_path).is_passed
    assert await program.seat.accesses() == [("token:1", "document", f"{case.number} {dossier['document_id']}")]
    about = (await program.get(f"/audit/accesses?about={quote(case.number)}")).json["items"]
    assert [one["what"] for one in about] == ["document"]


async def test_no_appeal_opens_anothers_dossier_and_what_is_not_there_is_not_logged(program: Program, case: CourtCase):
    _, other = await program.seat.world.register()
    await program.given(UserRole.AUDITOR)
    for path in (f"{other}/dossiers/1", f"{case.number}/dossiers/2", f"{case.number}/dossiers/0", "nothing/dossiers/1"):
        assert (await program.get(f"/appeals/{path}/container")).problem == "not-found", path
    assert await program.seat.accesses() == []


async def test_what_breaks_off_is_cut_off_and_never_taken_for_the_whole(program: Program, case: CourtCase):
    await program.given(UserRole.AUDITOR)
    file = biggest_file(program.seat.world)
    file.chmod(0o600)
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(aiohttp.ClientPayloadError):
        await program.get(f"/appeals/{case.number}/dossiers/1/container")
    file.write_bytes(b"")
    answered = await program.get(f"/appeals/{case.number}/dossiers/1/container")
    assert (answered.status, answered.problem) == (500, "failed")


# --- rights ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", OTHERS)
async def test_who_may_not_read_what_people_wrote_takes_no_file_away(program: Program, role: UserRole):
    number = await a_stuck_delivery(program.seat)
    await program.given(role)
    for path in (f"/deliveries/{number}/evidence", "/appeals/any/dossiers/1/container"):
        assert (await program.get(path)).json["right"] == "read_personal"
    assert await program.seat.accesses() == []
