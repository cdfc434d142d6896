"""Namespaces, until ``contracts.soap`` is there."""

from typing import Final

SOAP_ENV: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_WSS: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-"
WSSE: Final = _WSS + "secext-1.0.xsd"
WSU: Final = _WSS + "utility-1.0.xsd"
DS: Final = "http://www.w3.org/2000/09/xmldsig#"
