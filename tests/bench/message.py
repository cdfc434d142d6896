"""The message that is measured: a true-to-life RegisterAppeal with three documents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from contracts.codec import build_request, parse_operation
from contracts.header import Action, DocumentId, Header, Message, MessageId
from contracts.party import PartyId
from contracts.payloads import (
    AppealKind,
    Applicant,
    ApplicantKind,
    DocumentKind,
    DocumentRef,
    Identification,
    IntakeChannel,
    Language,
    RegisterAppeal,
)
from contracts.soap import operation_of
from contracts.validate import validate_operation
from contracts.xmlsafe import parse
from signing.profile.writing import sign_envelope
from tests.bench.figures import Work

TEXT = (
    "Прошу поставить меня на учёт нуждающихся в жилище. Проживаю в городе с 2014 года, жилья в собственности не имею. "
    "Тұрғын үйге мұқтаждар кезегіне қоюыңызды сұраймын. "
) * 8


def works(now: datetime) -> Mapping[str, Work]:
    """Building, reading and validating it, by name."""
    message = register_appeal(now)
    authority = SandboxAuthority.create("bench", now=now)
    key = authority.issue("bench", bin="000000000000", usage=Usage.MESSAGE, now=now)
    operation = build_request(message)
    envelope = sign_envelope(operation, key, now=now)
    return {
        "encode_5kb": lambda: build_request(message),
        "decode_5kb": lambda: parse_operation(operation),
        "parse_and_validate_5kb": lambda: validate_operation(operation_of(parse(envelope))),
    }


def register_appeal(now: datetime) -> Message:
    """About 5 kB as an operation, as the messages of the channel are."""
    documents = tuple(
        DocumentRef(
            document_id=DocumentId(letter * 43),
            kind=DocumentKind.ATTACHMENT,
            title=title,
            file_name=f"{letter}.pdf",
            media_type="application/pdf",
            size=184_320,
            sha256=letter * 64,
        )
        for letter, title in zip("abc", ("Заявление", "Анықтама", "Справка"), strict=True)
    )
    appeal = RegisterAppeal(
        kind=AppealKind.APPLICATION,
        subject="HOUSING-QUEUE",
        kato="751110000",
        language=Language.RU,
        channel=IntakeChannel.ELECTRONIC,
        lodged_at=now,
        applicant=Applicant(
            ApplicantKind.PERSON, "900101300017", "Серікова Айгүл Маратқызы", "Алматы, Абай даңғылы, 10"
        ),
        representative=None,
        addressee=None,
        text=TEXT,
        documents=documents,
        authentication=Identification("eGov mobile", "session-1", now),
    )
    header = Header(
        message_id=MessageId("0b0b54c4-7c52-4a4e-9d8e-1f0c6f0a8c11"),
        conversation_id=None,
        ref_to_message_id=None,
        sender=PartyId("eotinish"),
        recipient=PartyId("dalel"),
        action=Action.REGISTER_APPEAL,
        created_at=now,
    )
    return Message(header, appeal)
