"""What the court finds in a dossier that the exchange has filed: page counts, acts of silence, and a supplement."""

from dataclasses import dataclass
from io import BytesIO

import pytest
from pypdf import PdfWriter

from contracts.header import Action
from contracts.operations import Service
from contracts.payloads import (
    ClaimKind,
    Disagree,
    DocumentKind,
    FilingPurpose,
    GetDocumentPart,
    Ground,
    PositionKind,
    RequestPosition,
    SubmitMaterials,
    SubmitPosition,
)
from dossier.case.grounds import Relation
from dossier.check.inspection import inspect_container
from dossier.packaging.container import Container
from dossier.packaging.description import DossierDescription
from dossier.packaging.description_xml import LIMIT_BYTES, parse_description
from dossier.packaging.layout import DESCRIPTION
from tests.worlds.exchange.world import AKIMAT, COURT, PLATFORM, World

S = Service


@pytest.fixture
def world(either_world):
    """Every sentence here holds over either database."""
    return either_world


def pdf(pages: int) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


@dataclass(frozen=True, slots=True)
class Filed:
    """A dossier as the court fetched it."""

    description: DossierDescription
    names: tuple[str, ...]
    wrong: tuple[str, ...]


async def filed(world: World) -> list[Filed]:
    """Every dossier that the court was told of, fetched and inspected; trust alone stays open, no anchor is given."""
    await world.collector.run_once()
    await world.settle()
    messages = [m for m in world.connector.messages(COURT) if m.header.action is Action.FILE_DOSSIER]
    return [await _fetched(world, message.payload.payload.dossier.document_id) for message in messages]


async def _fetched(world: World, document_id) -> Filed:
    part = (await world.call(S.DOCUMENTS, COURT, GetDocumentPart(document_id, 1))).message.payload
    path = world.folder / f"{document_id}.asice"
    path.write_bytes(part.content)
    report = inspect_container(path, (), now=world.clock.now())
    with Container.open(path) as container:
        description = parse_description(container.read(DESCRIPTION, limit_bytes=LIMIT_BYTES))
        wrong = tuple(f"{finding.part}: {finding.text.en}" for finding in report.findings() if _is_failed(finding))
        return Filed(description, container.names, wrong)


def _is_failed(finding) -> bool:
    return finding.verdict.value == "failed"


async def silent_case(world: World):
    """Registered with two documents, unanswered, contested, and silent on the demand, too."""
    two_pages, text = await world.upload(PLATFORM, pdf(2)), await world.upload(PLATFORM, b"no pdf at all")
    conversation_id, _ = await world.register(documents=(two_pages, text))
    await world.settle()
    world.clock.advance(days=1)
    await world.term_clock.run_once()
    pressed = Disagree(ClaimKind.COMPEL, "Келіспеймін", world.clock.now(), (), None)
    await world.call(S.APPEALS, PLATFORM, pressed, conversation_id=conversation_id)
    await world.settle()
    world.clock.advance(days=1)
    await world.term_clock.run_once()
    return conversation_id


async def test_pages_are_counted_and_every_silence_has_its_act(world):
    await silent_case(world)
    (dossier,) = await filed(world)
    assert dossier.wrong == ()
    assert [entry.pages for entry in dossier.description.documents] == [2, None]
    assert "acts/default-1.xml" in dossier.names
    assert dossier.description.purpose is FilingPurpose.CLAIM
    assert dossier.description.roads[0].why is not None


async def test_the_answer_to_the_court_is_a_supplement_that_holds_only_what_is_new(world):
    conversation_id = await silent_case(world)
    (first,) = await filed(world)
    requested = RequestPosition((AKIMAT,), "Неге жауап берілмеді?", None)
    await world.call(S.COURT, COURT, requested, conversation_id=conversation_id)
    await world.settle()
    file = await world.upload(AKIMAT, pdf(40), DocumentKind.ADMINISTRATIVE_FILE)
    answers = [SubmitMaterials("Іс қоса беріледі", (file,))]
    for kind in PositionKind:
        paper = await world.upload(AKIMAT, pdf(3), DocumentKind(kind.value))
        ground = Ground("АППК 136", "Мерзім өткен.")
        answers.append(SubmitPosition(kind, "Пікір", (ground,), "А. Серіков", (paper,)))
    for answer in answers:
        await world.call(S.AGENCY, AKIMAT, answer, conversation_id=conversation_id)
        await world.settle()

    first_again, second = await filed(world)
    assert first_again == first
    assert second.wrong == ()
    assert second.description.dossier_no == 2
    assert second.description.purpose is FilingPurpose.SUPPLEMENT
    assert [entry.dossier_no for entry in second.description.supplements] == [1]
    elsewhere = [entry.file for entry in second.description.documents if entry.in_dossier == 1]
    assert elsewhere == [entry.file for entry in first.description.documents]
    assert sum(name.startswith("documents/") for name in second.names) == 3
    assert {one.standing for entry in second.description.positions for one in entry.standings} == {Relation.NEW}
