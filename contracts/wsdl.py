"""The WSDL of each service, as handed out at its address: written from the table of operations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from textwrap import fill
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from contracts.operations import ABOUT, NAMESPACE, OPERATIONS, Operation, Service
from contracts.schema import schema_bytes

__all__ = ["schema_bytes", "wsdl_of"]

_WIDTH: Final = 120
_SCHEMA, _ADDRESS, _CERTIFICATE = "{schema}", "{address}", "{certificate}\n"

_DOCUMENT: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions name="{name}Service" targetNamespace="{namespace}:{path}"
                  xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
                  xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:d="{namespace}" xmlns:tns="{namespace}:{path}">
  <wsdl:documentation>
    {about}

    SOAP 1.1, document/literal wrapped. Every message, answers and faults included, is signed with WS-Security over
    Body and Timestamp. The header is the first child of every operation. A write is repeated unchanged, with a fresh
    Timestamp and signature, until its receipt arrives; it takes effect once.
{{certificate}}
  </wsdl:documentation>

  <wsdl:types>
{{schema}}
  </wsdl:types>

{messages}
  <wsdl:message name="ExchangeFaultMessage"><wsdl:part name="fault" element="d:ExchangeFault"/></wsdl:message>

  <wsdl:portType name="{name}PortType">
{offered}
  </wsdl:portType>

  <wsdl:binding name="{name}Binding" type="tns:{name}PortType">
    <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
{bound}
  </wsdl:binding>

  <wsdl:service name="{name}Service">
    <wsdl:documentation>{about}</wsdl:documentation>
    <wsdl:port name="{name}Port" binding="tns:{name}Binding">
      <soap:address location={{address}}/>
    </wsdl:port>
  </wsdl:service>
</wsdl:definitions>
"""
_IMPORT: Final = """\
    <xs:schema>
      <xs:import namespace="{namespace}" schemaLocation={at}/>
    </xs:schema>"""
_DECLARATION: Final = re.compile(r"^<\?xml[^>]*\?>")
_MESSAGE: Final = """\
  <wsdl:message name="{message}"><wsdl:part name="parameters" element="d:{element}"/></wsdl:message>"""
_OFFERED: Final = """\
    <wsdl:operation name="{name}">
      <wsdl:documentation>
{about}
      </wsdl:documentation>
      <wsdl:input message="tns:{name}Request"/>
      <wsdl:output message="tns:{name}Response"/>
      <wsdl:fault name="ExchangeFault" message="tns:ExchangeFaultMessage"/>
    </wsdl:operation>"""
_BOUND: Final = """\
    <wsdl:operation name="{name}">
      <soap:operation soapAction="{namespace}/{name}" style="document"/>
      <wsdl:input><soap:body use="literal"/></wsdl:input>
      <wsdl:output><soap:body use="literal"/></wsdl:output>
      <wsdl:fault name="ExchangeFault"><soap:fault name="ExchangeFault" use="literal"/></wsdl:fault>
    </wsdl:operation>"""


@dataclass(frozen=True, slots=True)
class ExchangeCertificate:
    """What the exchange signs its answers with; ``sha256`` in lower-case hex over DER."""

    subject: str
    sha256: str
    not_after: datetime
    pem: str

    def described(self, address: str) -> str:
        """Lines for the documentation of a WSDL."""
        return (
            f"\n    Answers are signed with the certificate of {escape(self.subject)},\n"
            f"    SHA-256 {self.sha256}, valid until {self.not_after:%Y-%m-%d}.\n"
            f"    It lies at {escape(address)} and reads:\n\n{self.pem.strip()}\n"
        )


def wsdl_of(
    service: Service, location: str, *, is_single: bool = False, certificate: ExchangeCertificate | None = None
) -> bytes:
    """WSDL 1.1 of ``service`` at the absolute URL ``location``; its schema lies at ``<location>?xsd=exchange``.

    ``is_single``: the schema stands in it, for toolkits that follow no import. ``certificate`` is for people to
    compare with what the operator told them another way: who can forge this page can forge that, too.
    """
    named = "" if certificate is None else certificate.described(f"{location}?certificate")
    schema = _enclosed() if is_single else _IMPORT.format(namespace=NAMESPACE, at=quoteattr(f"{location}?xsd=exchange"))
    document = _document(service).replace(_CERTIFICATE, named)
    return document.replace(_SCHEMA, schema).replace(_ADDRESS, quoteattr(location)).encode()


@cache
def _enclosed() -> str:
    return _DECLARATION.sub("", schema_bytes().decode()).strip()


@cache
def _document(service: Service) -> str:
    """All but the two places that depend on where the service stands."""
    operations = OPERATIONS[service].values()
    return _DOCUMENT.format(
        name=service.value.capitalize(),
        path=service.value,
        namespace=NAMESPACE,
        about=escape(ABOUT[service]),
        messages="\n".join(line for one in operations for line in _messages(one)),
        offered="\n".join(_OFFERED.format(name=one.name, about=_words(one)) for one in operations),
        bound="\n".join(_BOUND.format(name=one.name, namespace=NAMESPACE) for one in operations),
    )


def _messages(one: Operation) -> tuple[str, str]:
    answer = f"{one.name}Response"
    return _MESSAGE.format(message=f"{one.name}Request", element=one.name), _MESSAGE.format(
        message=answer, element=answer
    )


def _words(one: Operation) -> str:
    indent = " " * 8
    return fill(escape(one.about), _WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False)
