"""The product as this suite knows it: the one place to change when a module or a name of the product moves."""

from __future__ import annotations

from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from contracts.codec import build_answer, build_request, parse_operation
from contracts.codes import Code
from contracts.errors import NotValid
from contracts.header import ConversationId, Header, Message, MessageId, action_of
from contracts.operations import ADMITTED, OPERATIONS, Service
from contracts.party import PartyId, PartyRole
from contracts.payloads import Deliver
from contracts.soap import build_fault
from contracts.texts import text_of
from contracts.validate import validate_operation
from contracts.wsdl import schema_bytes, wsdl_of
from contracts.xmlsafe import parse
from dossier.case.event_form import event_bytes, fact_kind, leaf_digest
from dossier.check.inspection import inspect_container
from dossier.check.report import report_json
from dossier.erds.evidence_xml import SCHEMA as EVIDENCE_XSD
from dossier.erds.pack import pack
from dossier.ledger.form import ledger_files
from dossier.ledger.merkle import tree_head_bytes
from dossier.packaging.assembly import assemble
from dossier.packaging.container import Container
from dossier.packaging.description_xml import SCHEMA as DOSSIER_XSD
from gateway.domain.trace import TraceContext
from gateway.store.ledger.leaf_text import leaf_of
from gateway.store.ledger.records import RECORDS
from gateway.store.tables.base import FreeText, InstantColumn, OneOf, SpanColumn, Trace
from gateway.workers.relay import Relay
from signing.keys.keypair import Certificate, SoftwareKey
from signing.profile.policy import CertificateNaming
from signing.profile.writing import sign_envelope

__all__ = [
    "ADMITTED",
    "DOSSIER_XSD",
    "EVIDENCE_XSD",
    "OPERATIONS",
    "RECORDS",
    "Certificate",
    "CertificateNaming",
    "Code",
    "Container",
    "ConversationId",
    "Deliver",
    "FreeText",
    "Header",
    "InstantColumn",
    "Message",
    "MessageId",
    "NotValid",
    "OneOf",
    "PartyId",
    "PartyRole",
    "Relay",
    "SandboxAuthority",
    "Service",
    "SoftwareKey",
    "SpanColumn",
    "Trace",
    "TraceContext",
    "Usage",
    "action_of",
    "assemble",
    "build_answer",
    "build_fault",
    "build_request",
    "event_bytes",
    "fact_kind",
    "inspect_container",
    "leaf_digest",
    "leaf_of",
    "ledger_files",
    "pack",
    "parse",
    "parse_operation",
    "report_json",
    "schema_bytes",
    "sign_envelope",
    "text_of",
    "tree_head_bytes",
    "validate_operation",
    "wsdl_of",
]
