"""The test authorities on 127.0.0.1, for programs that insist on asking over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import ocsp

from connectors.sandbox.authorities.tsa import TimeStampAuthority
from tests.foreign import pki


class _Answering(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        request = self.rfile.read(int(self.headers["Content-Length"]))
        now = datetime.now(UTC).replace(microsecond=0)
        if self.path == "/tsa":
            kind = "application/timestamp-reply"
            answer = TimeStampAuthority(pki.tsa().software_key).answer(request, now=now)
        else:
            kind = "application/ocsp-response"
            nonce = ocsp.OCSPRequest.load(request).nonce_value
            answer = pki.answered(
                pki.signer().ours,
                pki.ca().ours,
                pki.responder().software_key,
                at=now,
                nonce=None if nonce is None else nonce.dump(),
            )
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - its name there
        """Say nothing."""


@contextmanager
def authorities() -> Iterator[Mapping[str, str]]:
    """Their addresses: "tsa", and OCSP by the common name of the root."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}"
        yield {"tsa": f"{base}/tsa", "Test root": f"{base}/ocsp"}
        server.shutdown()
