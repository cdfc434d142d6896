"""The WSDL of each service, as handed out at its address.

The files in ``wsdl/`` are whole documents that any tool opens from disk; only the two places that depend on where the
service stands are replaced.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Final
from xml.sax.saxutils import quoteattr

from contracts.operations import Service
from contracts.schema import schema_bytes

__all__ = ["schema_bytes", "wsdl_of"]

_SCHEMA_ON_DISK: Final = 'schemaLocation="../xsd/exchange.xsd"'


def wsdl_of(service: Service, location: str) -> bytes:
    """WSDL 1.1 of ``service`` at the absolute URL ``location``; its schema lies at ``<location>?xsd=exchange``."""
    schema_location = quoteattr(f"{location}?xsd=exchange")
    return (
        _document(service)
        .replace(_SCHEMA_ON_DISK, f"schemaLocation={schema_location}")
        .replace(_address_on_disk(service), f"location={quoteattr(location)}")
        .encode()
    )


@cache
def _document(service: Service) -> str:
    return resources.files("contracts").joinpath("wsdl", f"{service.value}.wsdl").read_text(encoding="utf-8")


def _address_on_disk(service: Service) -> str:
    return f'location="http://localhost/soap/v1/{service.value}"'
