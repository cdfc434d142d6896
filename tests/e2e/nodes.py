"""Several nodes over one PostgreSQL, as processes: started, stopped, killed and frozen by name."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from contracts.codec import build_request
from contracts.header import MessageId
from contracts.party import PartyId
from gateway.cli.demo.processes import free_ports
from signing.profile.writing import sign_envelope
from tests.bench.message import register_appeal
from tests.e2e.running import DALEL, PLATFORM, an_installation, platform_key

LEAVES_WITHIN_S = 30
COMES_ABOUT_WITHIN_S = 300.0


def until(is_so: Callable[[], bool]) -> None:
    """Long enough for a machine that does ten other things; what must be quick is measured."""
    deadline = time.monotonic() + COMES_ABOUT_WITHIN_S
    while not is_so():
        assert time.monotonic() < deadline, "it has not come about"
        time.sleep(0.1)  # another process: nothing to wait on but its answer


@dataclass
class Nodes:
    """The nodes of one home over the database ``url``. ``ports``: of each, by its name."""

    home: Path
    url: str
    ports: dict[str, int]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *words: str) -> None:
        command = [*DALEL, "serve", "--node", name, "--port", str(self.ports[name]), *words, "--home", str(self.home)]
        with self.log(name).open("ab") as log:
            self.running[name] = subprocess.Popen(command, stdout=log, stderr=log)
            began = log.tell()

        def is_there() -> bool:
            """By its own words: on a shared port another one may answer."""
            reported = self.log(name).read_bytes()[began:]
            assert self.running[name].poll() is None, reported.decode()
            return b'"exchange.serving"' in reported

        until(is_there)

    def serve_in_vain(self, name: str) -> str:
        """What a node is told that cannot start; on a port of its own."""
        command = [*DALEL, "serve", "--node", name, "--port", str(free_ports(1)[0]), "--home", str(self.home)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 4, done.stderr
        return " ".join(done.stderr.split())

    def log(self, name: str) -> Path:
        return self.home.parent / f"{name}.log"

    def tell(self, name: str, number: signal.Signals) -> None:
        self.running[name].send_signal(number)

    def stop(self, name: str) -> int:
        """In order; returns its exit code."""
        self.tell(name, signal.SIGTERM)
        return self.running.pop(name).wait(LEAVES_WITHIN_S)

    def kill(self, name: str) -> None:
        self.tell(name, signal.SIGKILL)
        self.running.pop(name).wait()

    def dalel(self, *words: str) -> str:
        command = [*DALEL, *words, "--home", str(self.home)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def listed(self) -> dict[str, dict]:
        return {row["node"]["name"]: row for row in json.loads(self.dalel("nodes", "--json"))}

    def leader_of(self, loop: str) -> str:
        """Whoever says that it leads it; empty when nobody is seen to. Asked of the database, which costs little."""
        seen = "SELECT name FROM nodes WHERE leads LIKE %s AND last_seen_at > extract(epoch FROM now()) * 1e6 - 5e6"
        with psycopg.connect(self.url, autocommit=True) as connection:
            leading = connection.execute(seen, (f"%{loop}%",)).fetchall()
        return leading[0][0] if len(leading) == 1 else ""


@contextmanager
def nodes_over(url: str, folder: Path, *names: str) -> Iterator[Nodes]:
    """An installation over the database ``url``; no node runs yet. What runs at the end is killed."""
    home = folder / "home"
    first = an_installation(home)
    with (home / "dalel.toml").open("a") as file:
        file.write(f"database_url = {json.dumps(url)}\n")
    ports = dict(zip(names, [first, *free_ports(len(names) - 1)], strict=True))
    made = Nodes(home, url, ports)
    made.dalel("parties", "apply", str(home / "parties.yaml"))
    try:
        yield made
    finally:
        for child in made.running.values():
            child.kill()
            child.wait()


@contextmanager
def sandbox(home: Path, *parties: str) -> Iterator[None]:
    """Parties of the sandbox as processes."""
    with ExitStack() as stack:
        for party in parties:
            with (home.parent / f"{party}.log").open("ab") as log:
                child = subprocess.Popen([*DALEL, "sandbox", party, "--home", str(home)], stdout=log, stderr=log)
            stack.callback(child.wait)
            stack.callback(child.kill)
        yield


class FailoverCaller:
    """A platform that knows all ports, and goes to the next one when one does not answer."""

    def __init__(self, home: Path, ports: Sequence[int]) -> None:
        self._key, self._ports = platform_key(home), list(ports)
        self._connections: dict[int, http.client.HTTPConnection] = {}
        self.rejected = 0

    def register(self) -> int:
        """One appeal, sent until somebody answers; returns the HTTP status."""
        now = datetime.now(UTC)
        message = register_appeal(now)
        header = replace(
            message.header, message_id=MessageId(str(uuid.uuid4())), sender=PLATFORM, recipient=PartyId("dalel")
        )
        appeal = replace(message, header=header, payload=replace(message.payload, documents=()))
        body = sign_envelope(build_request(appeal), self._key, now=now)
        for port in self._ports * 3:
            try:
                return self._post(port, body)
            except (OSError, http.client.HTTPException):
                self.rejected += 1
                self._connections.pop(port).close()
        return 0

    def close(self) -> None:
        for connection in self._connections.values():
            connection.close()

    def _post(self, port: int, body: bytes) -> int:
        connection = self._connections.setdefault(port, http.client.HTTPConnection("127.0.0.1", port, timeout=20))
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
        connection.request("POST", "/soap/v1/appeals", body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
