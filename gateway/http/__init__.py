"""SOAP endpoint, WSDL, health."""
