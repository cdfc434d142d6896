"""What simulated agencies and platforms do about a complaint, the court's questions, and an appeal on paper."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest
from pypdf import PdfReader

from connectors.ports.outcome import Acknowledged
from connectors.sandbox import Behaviour, OnComplaint, OnReview
from connectors.sandbox.behaviour import LiveBehaviour
from connectors.sandbox.paper import compose
from connectors.sandbox.party import SandboxParty
from connectors.sandbox.roles import additions, bench, defence, reception
from contracts.party import LocalText, PartyId
from contracts.payloads import (
    AddDocuments,
    AnswerCourt,
    BodyNotice,
    CaseStage,
    ClaimKind,
    ClaimOutcome,
    ComplaintDecision,
    CourtResponse,
    DecideComplaint,
    DecisionKind,
    DefectsNamed,
    Disagree,
    DocumentKind,
    Extended,
    ForwardComplaint,
    HearingScheduled,
    IntakeChannel,
    Language,
    NotifiedStep,
    NotifyApplicant,
    NotifyBody,
    PositionKind,
    ProvideMaterials,
    ProvidePosition,
    RegisterAppeal,
    Reply,
    ReportProgress,
    Returned,
    ReviewComplaint,
    SubmitMaterials,
    SubmitPosition,
)
from contracts.validate import check_rules
from tests.integration.connectors.conftest import Panel
from tests.worlds.parties.world import APPEAL, assignment, eventually, make_party, outgoing, term

AT_ONCE = {
    "reply_after": 0.0,
    "materials_after": 0.0,
    "complaint_after": 0.0,
    "review_after": 0.0,
    "position_after": 0.0,
}
AKIM = PartyId("akim-almaty")


def a_complaint() -> Disagree:
    return Disagree(ClaimKind.CONTEST, "Келіспеймін", datetime.now(UTC), (), None)


def forwarded() -> ForwardComplaint:
    return ForwardComplaint(APPEAL, AKIM, a_complaint(), term())


def to_review() -> ReviewComplaint:
    return ReviewComplaint(APPEAL, PartyId("akimat-almaty"), assignment().appeal, a_complaint(), True, (), term())


def agency(folder, exchange, party_id="akimat-almaty", **fields):
    behaviour = Behaviour(**(AT_ONCE | fields))
    return make_party(folder, party_id, exchange_url=exchange.url, behaviour=behaviour)


# --- agencies -------------------------------------------------------------------------------------------------------


async def test_a_body_complained_of_hands_over_its_file(tmp_path, exchange, push):
    file = agency(tmp_path, exchange)

    async with SandboxParty(file):
        await push.send(outgoing(file, forwarded()))
        await eventually(lambda: exchange.payloads(SubmitMaterials))

    [materials] = exchange.payloads(SubmitMaterials)
    assert [document.kind for document in materials.documents] == [DocumentKind.ADMINISTRATIVE_FILE]


async def test_a_body_complained_of_may_satisfy_in_full_instead(tmp_path, exchange, push):
    file = agency(tmp_path, exchange, on_complaint=OnComplaint.SATISFIES)

    async with SandboxParty(file):
        await push.send(outgoing(file, forwarded()))
        await eventually(lambda: exchange.payloads(Reply))

    [reply] = exchange.payloads(Reply)
    assert reply.decision is DecisionKind.SATISFIED
    assert [document.kind for document in reply.documents] == [DocumentKind.ACT]
    assert exchange.payloads(SubmitMaterials) == []


@pytest.mark.parametrize(
    ("silence", "requested"),
    [
        ({"on_complaint": OnComplaint.IS_SILENT}, forwarded),
        ({"on_review": OnReview.IS_SILENT}, to_review),
        ({"withholds_position": True}, lambda: ProvidePosition(APPEAL, bench.QUESTION, term())),
    ],
)
async def test_a_silent_body_acknowledges_and_says_nothing(tmp_path, exchange, push, session, silence, requested):
    file = agency(tmp_path, exchange, **silence)

    async with SandboxParty(file):
        outcome = await push.send(outgoing(file, requested()))
        state = await Panel(session, file).get("state")

    assert isinstance(outcome, Acknowledged)
    assert (state["open_duties"], exchange.requests) == (0, [])


@pytest.mark.parametrize("decision", ComplaintDecision)
async def test_a_higher_body_decides_as_it_is_told_to(tmp_path, exchange, push, decision):
    file = agency(tmp_path, exchange, "akim-almaty", on_review=decision.value)

    async with SandboxParty(file):
        await push.send(outgoing(file, to_review()))
        await eventually(lambda: exchange.payloads(DecideComplaint))

    [decided] = exchange.payloads(DecideComplaint)
    assert decided.decision is decision
    assert decided.grounds
    assert exchange.documents[decided.documents[0].document_id].content.startswith(b"%PDF")


@pytest.mark.parametrize(("brings_new_ground", "grounds"), [(False, (1, 1)), (True, (2, 1))])
async def test_a_body_gives_the_court_its_objection_then_its_heads_position(
    tmp_path, exchange, push, brings_new_ground, grounds
):
    file = agency(tmp_path, exchange, brings_new_ground=brings_new_ground)
    requested = ProvidePosition(APPEAL, bench.QUESTION, term(), (DocumentKind.ADMINISTRATIVE_FILE,))

    async with SandboxParty(file):
        await push.send(outgoing(file, requested))
        await eventually(lambda: exchange.payloads(SubmitMaterials))

    positions = exchange.payloads(SubmitPosition)
    assert [position.kind for position in positions] == [PositionKind.OBJECTION, PositionKind.HEAD_POSITION]
    assert [position.documents[0].kind for position in positions] == [
        DocumentKind.OBJECTION, DocumentKind.HEAD_POSITION
    ]  # fmt: skip
    assert tuple(len(position.grounds) for position in positions) == grounds


async def test_what_the_court_names_in_words_is_answered_paper_for_paper(tmp_path, exchange, push):
    file = agency(tmp_path, exchange)
    wanted = ProvideMaterials(APPEAL, (), term(), ("Кезек тізілімі", "Хаттама"))

    async with SandboxParty(file):
        await push.send(outgoing(file, wanted))
        await eventually(lambda: exchange.payloads(SubmitMaterials))

    [materials] = exchange.payloads(SubmitMaterials)
    assert [document.kind for document in materials.documents] == [DocumentKind.OTHER] * 2
    assert check_rules(materials) == ()


@pytest.mark.parametrize(
    ("fields", "steps"),
    [
        ({"names_defects": True, "replies": False}, [DefectsNamed]),
        ({"names_defects": True, "returns": True}, [DefectsNamed, Returned]),
        ({"extends": True, "holds_hearing": True, "replies": False}, [Extended, HearingScheduled]),
    ],
)
async def test_a_body_takes_the_steps_that_it_is_told_to(tmp_path, exchange, push, fields, steps):
    file = agency(tmp_path, exchange, **fields)

    async with SandboxParty(file):
        await push.send(outgoing(file, assignment()))
        await eventually(lambda: len(exchange.payloads(ReportProgress)) == 1 + len(steps))

    assert [type(report.step) for report in exchange.payloads(ReportProgress)][1:] == steps
    assert exchange.payloads(Reply) == []


async def test_a_body_shows_what_it_was_warned_of(tmp_path, exchange, push, session):
    file = agency(tmp_path, exchange)
    text = LocalText("Мерзім өтті", "Срок нарушен", "The term was missed")
    reported = NotifyBody(APPEAL, BodyNotice.TERM_BREACHED, PartyId("jer-almaty"), datetime.now(UTC), text, term())

    async with SandboxParty(file):
        await push.send(outgoing(file, reported))
        shown = (await Panel(session, file).get("notices", appeal=APPEAL))["notices"]

    assert [(each["notice"], each["about"], each["localized"]) for each in shown] == [
        ("termBreached", "jer-almaty", "Мерзім өтті")
    ]


async def test_a_running_party_is_told_to_behave_otherwise(tmp_path, exchange, push, session):
    file = agency(tmp_path, exchange, on_complaint=OnComplaint.IS_SILENT)

    async with SandboxParty(file):
        panel = Panel(session, file)
        status, _ = await panel.post("behave", on_complaint="satisfies")
        wrong, words = await panel.post("behave", on_complaint="shrugs")
        await push.send(outgoing(file, forwarded()))
        await eventually(lambda: exchange.payloads(Reply))

    assert (status, wrong) == (200, 400)
    assert "shrugs" in words["error"]


@pytest.mark.parametrize("entry", [{"course": ["adjourned"]}, {"on_review": "perhaps"}, {"mood": "bad"}])
def test_a_behaviour_that_does_not_exist_is_refused(entry):
    with pytest.raises((ValueError, TypeError)):
        LiveBehaviour(Behaviour()).change(entry)


# --- platforms ------------------------------------------------------------------------------------------------------


@pytest.fixture
async def platform(tmp_path, exchange, session):
    file = make_party(tmp_path / "natije", "natije-almaty", exchange_url=exchange.url)
    async with SandboxParty(file):
        yield Panel(session, file)


async def test_a_reception_centre_registers_a_paper_and_gets_the_ticket(platform, exchange):
    exchange.issues_tickets = True

    status, lodged = await platform.post("appeal", sample="on-paper")

    [appeal] = exchange.payloads(RegisterAppeal)
    assert status == 200
    assert (appeal.channel, appeal.language, appeal.received_by.name) == (
        IntakeChannel.PAPER, Language.RU, "Әбенова Айжан Тұрсынқызы"
    )  # fmt: skip
    assert check_rules(appeal) == ()
    assert lodged["ticket"]["number"] == lodged["appeal_number"]
    assert lodged["ticket"]["received_by"]["name"] == "Әбенова Айжан Тұрсынқызы"
    assert lodged["findings"][0]["cure"]


async def test_the_subject_can_be_one_that_takes_the_road_over_the_higher_body(platform, exchange):
    await platform.post("appeal", subject="COMPLAINT-FIRST")

    assert exchange.payloads(RegisterAppeal)[0].subject == "COMPLAINT-FIRST"


@pytest.mark.parametrize(("response", "papers"), [("cured", 1), ("appealed", 0)])
async def test_the_applicant_answers_the_court(platform, exchange, response, papers):
    _, lodged = await platform.post("appeal")

    status, _ = await platform.post("answer-court", appeal=lodged["appeal_number"], response=response)

    [answered] = exchange.payloads(AnswerCourt)
    assert (status, answered.response, len(answered.documents)) == (200, CourtResponse(response), papers)


async def test_the_applicant_adds_the_paper_that_a_body_missed(platform, exchange):
    _, lodged = await platform.post("appeal")

    status, _ = await platform.post("add", appeal=lodged["appeal_number"])

    [added] = exchange.payloads(AddDocuments)
    assert (status, len(added.documents)) == (200, 1)


async def test_the_applicant_may_disagree_again_and_name_the_body(platform, exchange):
    _, lodged = await platform.post("appeal")

    for body in (None, "jer-almaty"):
        status, reported = await platform.post("disagree", appeal=lodged["appeal_number"], body=body)
        assert (status, reported["findings"]) == (200, [])

    assert [pressed.body for pressed in exchange.payloads(Disagree)] == [None, "jer-almaty"]


@pytest.mark.parametrize(
    ("language", "stated"), [(Language.KK, "Тіркелді"), (Language.RU, "Принято"), (None, "Тіркелді\nПринято")]
)
async def test_an_applicant_reads_notices_in_the_language_of_the_appeal(
    tmp_path, exchange, push, session, language, stated
):
    file = make_party(tmp_path, "eotinish", exchange_url=exchange.url)
    text = LocalText("Тіркелді", "Принято", "Taken")
    reported = NotifyApplicant(APPEAL, NotifiedStep.REGISTERED, datetime.now(UTC), text, None, None, (), language)

    async with SandboxParty(file):
        await push.send(outgoing(file, reported))
        shown = (await Panel(session, file).get("notices", appeal=APPEAL))["notices"]

    assert [each["localized"] for each in shown] == [stated]


# --- papers ---------------------------------------------------------------------------------------------------------


def papers():
    about = {"appeal_number": APPEAL, "number": "1", "made_on": date(2026, 11, 24)}
    statements = [*defence.DECISIONS.values(), *defence.POSITIONS.values(), defence.SATISFIED]
    yield from (defence.paper_of(each, "akimat-almaty", **about) for each in statements)
    acts = (
        bench.act_of(
            stage,
            case_number="7594-26-00-4/1",
            until=date(2026, 12, 8),
            held=ClaimOutcome.GRANTED,
            made_on=date(2026, 11, 24),
        )
        for stage in CaseStage
    )
    yield from (act for act in acts if act is not None)
    yield from (each.paper for each in (additions.ADDRESS, additions.DUTY, *reception.ON_PAPER.attachments))


@pytest.mark.parametrize("paper", list(papers()), ids=lambda paper: paper.title_ru)
def test_every_paper_holds_the_letters_it_was_given_on_one_page(paper):
    pages = PdfReader(io.BytesIO(compose(paper))).pages
    letters = {letter for page in pages for letter in page.extract_text()}

    assert len(pages) == 1
    assert set("".join((paper.title_kk + paper.text_kk + paper.text_ru).split())) <= letters
