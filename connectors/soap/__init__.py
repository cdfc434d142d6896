"""SOAP 1.1 over HTTP: the client that parties use, and the connector that pushes to them."""
