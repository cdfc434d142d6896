"""What people and bodies do in a scenario: the words of the file and the messages they stand for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from contracts import payloads as p
from contracts.party import PartyId
from dossier.procedure.law.calendar import local_date
from dossier.procedure.terms import add_months
from dossier.rehearsal import papers
from dossier.rehearsal.cast import optional_party, parties, party
from dossier.rehearsal.defaults import TEXTS
from dossier.rehearsal.scenario import AnswersDossier, Cast, Deed, FinishesDossier, ScenarioArrival
from dossier.rehearsal.section import ScenarioInvalid, ScenarioSection

_ACT: Final = (p.DocumentKind.ACT,)
_FILE: Final = (p.DocumentKind.ADMINISTRATIVE_FILE,)


@dataclass(frozen=True, slots=True)
class DeedStage:
    """What a deed is read on: its section of the file, who does it and when, and who else takes part."""

    section: ScenarioSection
    who: PartyId
    at: datetime
    cast: Cast

    def documents(self, default: tuple[p.DocumentKind, ...] = ()) -> tuple[p.DocumentRef, ...]:
        return papers.documents(self.section, self.who, self.at, default)

    def grounds(self) -> tuple[p.Ground, ...]:
        """The key ``grounds``: articles, each a ground of its own."""
        return tuple(
            p.Ground(article, TEXTS["ground"].format(article=article)) for article in self.section.texts("grounds")
        )

    def proof(self) -> p.ElectronicSignature | p.Identification | None:
        return papers.proof(self.section, self.at)


def read_deed(stage: DeedStage, appeal: ScenarioSection | None) -> Deed:
    """The key ``does`` and those that go with it. ``appeal``: the file's own, for ``lodges``."""
    verb = stage.section.text("does")
    if verb == "lodges":
        return ScenarioArrival(papers.appeal(appeal, stage.at))
    if verb not in _DEEDS:
        known = ", ".join(("lodges", *_DEEDS))
        raise ScenarioInvalid(stage.section.line_of("does"), f"nobody {verb!r} here; known: {known}")
    return _DEEDS[verb](stage)


# --- the applicant


def _adds_documents(stage: DeedStage) -> Deed:
    return ScenarioArrival(
        p.AddDocuments(stage.section.text("note", TEXTS["note"]), stage.documents((p.DocumentKind.ATTACHMENT,)))
    )


def _disagrees(stage: DeedStage) -> Deed:
    pressed = p.Disagree(
        claim=stage.section.member("claim", p.ClaimKind, p.ClaimKind.CONTEST),
        text=stage.section.text("text", TEXTS["disagreement"]),
        pressed_at=stage.at,
        documents=stage.documents(),
        authentication=stage.proof(),
        body=optional_party(stage.section, "body", stage.cast),
        known_on=stage.section.optional_day("known_on"),
        late_reason=stage.section.optional("late_reason"),
    )
    return ScenarioArrival(pressed)


def _withdraws(stage: DeedStage) -> Deed:
    return ScenarioArrival(p.WithdrawAppeal(stage.section.text("reason", TEXTS["withdrawal"]), stage.proof()))


def _answers_court(stage: DeedStage) -> Deed:
    response = stage.section.member("response", p.CourtResponse)
    text = stage.section.text("text", TEXTS["answer_to_court"])
    return ScenarioArrival(p.AnswerCourt(response, text, stage.at, stage.documents(), stage.proof()))


# --- a body


def _step(stage: DeedStage, step: p.Registered | p.Redirected | p.Extended | p.HearingScheduled | p.Terminated
          | p.DefectsNamed | p.Returned) -> Deed:  # fmt: skip
    return ScenarioArrival(p.ReportProgress(step, stage.documents()))


def _registers(stage: DeedStage) -> Deed:
    return _step(stage, p.Registered(stage.section.text("number", TEXTS["number"]), _decided(stage)))


def _redirects(stage: DeedStage) -> Deed:
    to = party(stage.section, "to", stage.cast)
    whole = stage.section.flag("whole", default=True)
    return _step(stage, p.Redirected(to, whole, stage.section.text("reason", TEXTS["redirection"]), _decided(stage)))


def _extends(stage: DeedStage) -> Deed:
    until, reason = stage.section.day("until"), stage.section.text("reason", TEXTS["extension"])
    return _step(stage, p.Extended(until, reason, stage.section.text("by", TEXTS["decided_by"]), _decided(stage)))


def _sets_hearing(stage: DeedStage) -> Deed:
    hearing = p.HearingScheduled(
        form=stage.section.member("form", p.HearingForm, p.HearingForm.WRITTEN),
        place=stage.section.optional("place"),
        held_at=stage.section.instant("held"),
        preliminary_decision=stage.section.text("preliminary", TEXTS["preliminary"]),
        at=_decided(stage),
    )
    return _step(stage, hearing)


def _names_defects(stage: DeedStage) -> Deed:
    defects = stage.section.texts("defects", (TEXTS["defect"],))
    return _step(stage, p.DefectsNamed(defects, stage.section.day("until"), _decided(stage)))


def _returns(stage: DeedStage) -> Deed:
    ground = stage.section.text("ground", TEXTS["return"])
    basis = stage.section.optional_member("basis", p.ReturnBasis)
    return _step(stage, p.Returned(ground, _decided(stage), basis))


def _terminates(stage: DeedStage) -> Deed:
    return _step(stage, p.Terminated(stage.section.text("ground", TEXTS["termination"]), _decided(stage)))


def _decided(stage: DeedStage) -> datetime:
    """The key ``decided``: when the body itself says it decided; without it, at the moment of the report."""
    return stage.section.instant("decided", stage.at)


def _replies(stage: DeedStage) -> Deed:
    act_date = stage.section.day("act_date", local_date(stage.at))
    states_road = stage.section.flag("states_road", default=True)
    answer = p.Reply(
        decision=stage.section.member("decision", p.DecisionKind, p.DecisionKind.REFUSED),
        act_number=stage.section.text("act", "12-34"),
        act_date=act_date,
        text=stage.section.text("text", TEXTS["reply"]),
        grounds=stage.grounds(),
        appeal_body=TEXTS["appeal_body"] if states_road else None,
        appeal_until=add_months(act_date, 3) if states_road else None,
        signed_by=TEXTS["signed_by"],
        documents=stage.documents(_ACT),
        hearing_exception=stage.section.optional_number("exception"),
    )
    return ScenarioArrival(answer)


def _sends_materials(stage: DeedStage) -> Deed:
    return ScenarioArrival(
        p.SubmitMaterials(stage.section.text("statement", TEXTS["materials"]), stage.documents(_FILE))
    )


def _sends_position(stage: DeedStage) -> Deed:
    kind = stage.section.member("kind", p.PositionKind)
    paper = p.DocumentKind.OBJECTION if kind is p.PositionKind.OBJECTION else p.DocumentKind.HEAD_POSITION
    text = stage.section.text("text", TEXTS["position"])
    return ScenarioArrival(p.SubmitPosition(kind, text, stage.grounds(), TEXTS["signed_by"], stage.documents((paper,))))


def _decides_complaint(stage: DeedStage) -> Deed:
    decision = p.DecideComplaint(
        decision=stage.section.member("decision", p.ComplaintDecision),
        act_number=stage.section.text("act", "56-78"),
        act_date=stage.section.day("act_date", local_date(stage.at)),
        text=stage.section.text("text", TEXTS["complaint_decision"]),
        grounds=stage.grounds(),
        signed_by=TEXTS["reviewed_by"],
        documents=stage.documents(_ACT),
        body=optional_party(stage.section, "body", stage.cast),
    )
    return ScenarioArrival(decision)


# --- the court


def _reports(stage: DeedStage) -> Deed:
    report = p.ReportCase(
        stage=stage.section.member("stage", p.CaseStage),
        case_number=stage.section.optional("number"),
        at=stage.section.instant("dated", stage.at),
        until=stage.section.optional_day("until"),
        text=stage.section.text("text", ""),
        documents=stage.documents(),
        outcome=stage.section.optional_member("outcome", p.ClaimOutcome),
        ground=stage.section.optional_number("ground"),
        to=optional_party(stage.section, "to", stage.cast),
        final_on=stage.section.optional_day("final_on"),
    )
    return ScenarioArrival(report)


def _asks_position(stage: DeedStage) -> Deed:
    bodies = parties(stage.section, "bodies", stage.cast)
    question = stage.section.text("question", TEXTS["question"])
    return ScenarioArrival(p.RequestPosition(bodies, question, stage.section.optional_day("until")))


def _asks_materials(stage: DeedStage) -> Deed:
    bodies, items = parties(stage.section, "bodies", stage.cast), stage.section.texts("items", (TEXTS["item"],))
    return ScenarioArrival(p.RequestMaterials(bodies, items, stage.section.optional_day("until")))


def _takes_dossier(stage: DeedStage) -> Deed:
    del stage
    return AnswersDossier()


def _refuses_dossier(stage: DeedStage) -> Deed:
    return AnswersDossier(stage.section.text("code", "DossierRefused"))


def _finishes_dossier(stage: DeedStage) -> Deed:
    return FinishesDossier(stage.section.number("number", 1))


_DEEDS: Final[Mapping[str, Callable[[DeedStage], Deed]]] = MappingProxyType(
    {
        "adds_documents": _adds_documents,
        "disagrees": _disagrees,
        "withdraws": _withdraws,
        "answers_court": _answers_court,
        "registers": _registers,
        "redirects": _redirects,
        "extends": _extends,
        "sets_hearing": _sets_hearing,
        "names_defects": _names_defects,
        "returns": _returns,
        "terminates": _terminates,
        "replies": _replies,
        "sends_materials": _sends_materials,
        "sends_position": _sends_position,
        "decides_complaint": _decides_complaint,
        "reports": _reports,
        "asks_position": _asks_position,
        "asks_materials": _asks_materials,
        "takes_dossier": _takes_dossier,
        "refuses_dossier": _refuses_dossier,
        "finishes_dossier": _finishes_dossier,
    }
)
