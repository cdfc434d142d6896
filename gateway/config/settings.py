"""What one process of the exchange needs to run, read and checked once; parties and routes are data, not settings.

Values come from the environment (``DALEL_…``), then from ``HOME/dalel.toml``, then from the defaults below. Relative
paths are relative to the home folder, wherever the command was started.
"""

from __future__ import annotations

import os
import socket
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from gateway.config.alarm_settings import AlarmSettings
from gateway.domain.people.access import UserRole
from gateway.domain.people.oidc_account import OidcAdmission
from gateway.domain.retention import KEPT_LIKE, Retention, RetentionKind
from gateway.keys.place import KeyPlace, is_token
from signing.errors import KeyUnusable
from signing.keys.files import Password
from signing.keys.pkcs11_uri import TokenUri

SETTINGS_FILE: Final = "dalel.toml"
_ENV_PREFIX: Final = "DALEL_"
_MIB: Final = 1024 * 1024
_PATHS: Final = (Path, Path | None, Path | str)
_LOOPBACKS: Final = {("http", "127.0.0.1"), ("http", "::1"), ("http", "localhost")}
SOCKET_PATH_BYTES: Final = 100
"""The kernel keeps 108 bytes for a socket's path on Linux, 104 on macOS, closing zero included."""


SPARE_CONNECTIONS: Final = 5
"""Above the places of all pools: for health, and for headers that are still coming."""


class SettingsError(Exception):
    """The settings cannot be used; the text names the file or variable, the key and the cure."""


def _in_home(name: str) -> Any:  # noqa: ANN401 - pydantic's Field() is typed Any, to stand for any field type
    return Field(default_factory=lambda data: data["home"] / name)


class Settings(BaseSettings):
    """Settings of one process. Spans end in ``_s`` (seconds), sizes in ``_bytes``; every path is absolute."""

    model_config = SettingsConfigDict(env_prefix=_ENV_PREFIX, extra="forbid", frozen=True)

    home: Path

    # who we are
    party_id: str = "dalel"  # our name in headers; parties pin our certificate under it
    rules: str = "appk-2026"  # terms in working days and months; "sandbox-seconds" plays them in seconds
    law_folder: Path | None = (
        None  # rules and moved days of your own; a file here stands for the packaged one so called
    )

    # this node among others over one PostgreSQL; alone it needs no name
    node: str = Field(default="", pattern=r"^([a-z0-9][a-z0-9-]{0,30})?$")  # in lists, logs and the socket's name
    database_connections: int = Field(default=9, ge=4)  # of this node, two of them to lead and to hear the others
    database_statement_s: float = Field(default=30, gt=0)  # a statement that takes longer hangs; it is ended
    drain_notice_s: float = Field(default=1, ge=0)  # between "not ready" and the closed port: for balancers to look
    drain_s: float = Field(default=40, gt=0)  # > attempt timeouts; then what is still in hand is left to its lease

    # where we listen
    listen_host: str = "127.0.0.1"  # TLS ends in front of us; do not offer the bare port to a network
    listen_port: int = Field(default=8460, ge=1, le=65535)  # not assigned by IANA
    shared_port: bool = False  # several nodes of this machine on one port (SO_REUSEPORT); the kernel shares it out
    metrics_port: int | None = Field(default=None, ge=1, le=65535)  # /metrics; each node has its own; None: off
    metrics_host: str = "127.0.0.1"  # it tells how busy we are and with whom; never offer it to parties
    public_url: str = Field(default_factory=lambda data: f"http://{data['listen_host']}:{data['listen_port']}")
    # written into the served WSDL; set it to the address that parties see

    # traces: where spans go (OTLP over HTTP), as http://127.0.0.1:4318; None: off, and nothing of it is loaded
    otlp_endpoint: str | None = None
    trace_ratio: float = Field(default=0.1, ge=0, le=1)  # share of traces that are recorded; names are passed on always
    trace_wishes_per_minute: int = Field(default=60, ge=0)  # callers may ask to be recorded; so many get it beside that
    trace_url: str | None = None  # where people read one: "https://traces.example.kz/trace/{trace_id}"

    # what we keep
    database_url: str = Field(default_factory=lambda data: f"sqlite:///{data['home'] / 'dalel.db'}")
    documents_folder: Path = _in_home("documents")  # also where dossiers are built, wherever they are kept
    documents_url: str | None = None  # "s3://bucket/prefix": kept there, for several machines; None: in the folder
    documents_endpoint: str | None = None  # of one's own S3 service; None: Amazon's
    documents_region: str | None = None
    documents_access_key: str | None = None  # else AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the machine's role
    documents_secret_key_file: Path | None = None  # first line; mode 0600
    documents_secret_key: SecretStr | None = None  # the same, for DALEL_DOCUMENTS_SECRET_KEY

    # keys: one signs messages, the other only dossiers and tree heads (keyUsage nonRepudiation)
    message_key: Path | str = _in_home("keys/exchange.key")  # PEM, .p12 or .pfx, or a "pkcs11:" URI (RFC 7512)
    message_certificate: Path = _in_home("keys/exchange.pem")  # not read where the .p12 or the token has its own
    message_password_file: Path | None = None  # first line: password of the file, or PIN; mode 0600
    message_password: SecretStr | None = None  # the same, for DALEL_MESSAGE_PASSWORD; a file is the better place
    seal_key: Path | str = _in_home("keys/seal.key")
    seal_certificate: Path = _in_home("keys/seal.pem")
    seal_password_file: Path | None = None
    seal_password: SecretStr | None = None

    # trust: anchors (*.pem) by which certificates are believed, intermediates/ below it
    trust_folder: Path = _in_home("trust")

    # revocation: asked off the path of messages; whom to ask stands in each certificate, unless it is said here
    ocsp_urls: tuple[str, ...] = ()
    crl_urls: tuple[str, ...] = ()
    ocsp_nonce_required: bool = False  # responders that answer from a stock repeat no nonce; nextUpdate bounds them
    revocation_every_s: float = Field(default=3600, gt=0)  # how late a revocation may be noticed
    revocation_rest_s: float = Field(default=60, gt=0)  # until a silent authority is asked again; doubles
    revocation_timeout_s: float = Field(default=10, gt=0, le=60)  # for one answer; lists may be large

    # time stamps (RFC 3161): whom to ask, the first that is up first; none: dossiers are filed without, and say so
    timestamp_urls: tuple[str, ...] = ()
    stamp_wait_s: float = Field(default=5, gt=0, le=60)  # for one token, whoever gives it; then it goes on without
    seal_wait_s: float = Field(default=30, ge=0, le=3600)  # for the ledger's seal; then a dossier is filed without

    # NCANode (version 3), which alone judges GOST: asked by "dalel eds"; none: RSA and P-256 are judged here
    ncanode_url: str | None = None  # keys and documents go there: this machine, or https
    ncanode_wait_s: float = Field(default=20, gt=0, le=300)  # for one answer; it may ask an OCSP responder meanwhile

    # acts of operators while serve runs; a file, so that the rights of the folder guard it
    admin_socket: Path = Field(
        default_factory=lambda data: data["home"] / (f"admin-{data['node']}.sock" if data.get("node") else "admin.sock")
    )

    # the console for people, at /console on the same port: off, since whatever balances load in front of us would offer
    # it to all who reach that port; let it pass /console from your own network only, and TLS be there
    console: bool = False
    person_key: Path = _in_home("keys/persons.key")  # by which the console finds persons; the same file on every node

    # the same for programs, at /api/v1 on the same port: off for the same reason, and by itself, since a network that
    # people come from is seldom the one that programs come from
    api: bool = False

    # accounts elsewhere (OpenID Connect): None: users sign in by passwords of the console alone
    oidc_issuer: str | None = None  # as the provider writes it in its tokens, as https://id.example.kz/realms/staff
    oidc_client_id: str | None = None
    oidc_client_secret_file: Path | None = None  # first line; mode 0600; none for a client that has PKCE alone
    oidc_client_secret: SecretStr | None = None  # the same, for DALEL_OIDC_CLIENT_SECRET
    oidc_admission: OidcAdmission = (
        OidcAdmission.KNOWN
    )  # "known": whom an administrator added; "by_claim": role by a claim
    oidc_name_claim: str = "preferred_username"  # it names a user the first time; then only the account counts
    oidc_role_claim: str = "groups"  # dots lead inward, as realm_access.roles
    oidc_roles: dict[str, UserRole] = Field(default_factory=dict)  # value in that claim → role
    oidc_only: bool = False  # no passwords of the console; while the provider is away nobody signs in then
    console_url: str | None = None  # where people's browsers find us, without /console; None: public_url

    # alarms: when people are told of trouble, and how; a section of its own, which alarm_settings.py lists
    alarms: AlarmSettings = AlarmSettings()

    # loops
    lease_s: float = Field(default=60, gt=0)  # > attempt timeout of every agreement, or attempts overlap
    relay_batch: int = Field(default=100, ge=1, le=1000)  # claims per commit; more only lengthens the lease's work
    relay_idle_s: float = Field(default=0.5, gt=0)  # wait when nothing is due; new work wakes the relay at once
    clock_every_s: float = Field(default=1, gt=0)  # how late a breach may be noticed
    rescue_every_s: float = Field(default=2, gt=0)  # how late an expired lease may be noticed
    seal_every_s: float = Field(default=60, gt=0)  # how long records wait for a seal; a due dossier does not wait
    seal_most: int = Field(default=4096, ge=1, le=100_000)  # leaves under one seal; more only lengthens its commit

    # how long things are kept; None: for ever. Only what is over is ever erased
    retain_cases_days: int | None = Field(default=None, ge=1)  # since the last event of a case; longer than a claim may
    # still be brought: who acts in an erased case is refused. Also of notes and incidents, since they were closed
    retain_refusals_days: int | None = Field(default=None, ge=1)  # from where and what was refused; that it was stays
    retain_accesses_days: int | None = Field(default=None, ge=1)  # who read what
    retain_revocation_checks_days: int | None = Field(default=None, ge=1)  # but the newest of each certificate
    unfinished_upload_days: int = Field(default=7, ge=1)  # parts of what nobody finished; the sender may begin anew
    clean_every_s: float = Field(default=3600, gt=0)  # how late what is due may be erased

    # bounds against hostile or broken senders
    request_limit_bytes: int = Field(default=8 * _MIB, ge=6 * _MIB)  # a 4 MiB part is 5.4 MiB of base64
    document_limit_bytes: int = Field(default=2048 * _MIB, gt=0)  # scans of a whole case file stay below
    skew_s: float = Field(default=300, gt=0)  # age of a signed Timestamp, either way; clocks of agencies drift
    request_deadline_s: float = Field(default=60, gt=0)  # slow senders are cut off, and slow readers of an answer
    header_deadline_s: float = Field(default=20, gt=0)  # a new connection brings a whole header by then, or is closed
    connections: int = Field(default=750, ge=10)  # at once; below the 1024 open files that a process usually may have
    requests_at_once: int = Field(default=400, ge=1)  # messages in hand; all four pools stay below the connections
    party_requests_at_once: int = Field(default=300, ge=1)  # of one party; what is left is for the others
    console_requests_at_once: int = Field(default=200, ge=2)  # pages in hand; half of them may be live and stay open
    sign_in_requests_at_once: int = Field(default=20, ge=1)  # of whoever has no session yet; whole log-ins end soon
    api_requests_at_once: int = Field(default=60, ge=1)  # of programs
    body_deadline_s: float = Field(default=10, gt=0)  # whole body at console or API, which are small; not of messages
    body_memory_bytes: int = Field(default=256 * _MIB, ge=16 * _MIB)  # of all requests in hand
    store_patience_s: float = Field(default=5, gt=0)  # a database silent for longer closes the intake, not the process
    unfinished_uploads: int = Field(default=100, ge=1)  # of one party; those never finished are removed after a time
    unfinished_upload_bytes: int = Field(default=8192 * _MIB, gt=0)  # as announced, of one party
    disk_reserve_bytes: int = Field(default=256 * _MIB, ge=0)  # left for receipts, attempts and seals of what was taken

    @model_validator(mode="before")
    @classmethod
    def _anchor_paths(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Relative paths mean: below the home folder."""
        home = Path(values["home"]).expanduser().absolute()
        anchored = {
            name: home / Path(value).expanduser()
            for name, value in values.items()
            if name in cls.model_fields and cls.model_fields[name].annotation in _PATHS and not is_token(value)
        }
        return {**values, **anchored, "home": home}

    @field_validator("message_key", "seal_key")
    @classmethod
    def _readable_uri(cls, key: Path | str) -> Path | str:
        try:
            if is_token(key):
                TokenUri.parse(str(key))
        except KeyUnusable as problem:
            raise ValueError(str(problem)) from problem
        return key

    @property
    def message_key_place(self) -> KeyPlace:
        """Where the key that signs messages is, and how it opens."""
        password = _password(self.message_password, self.message_password_file)
        return KeyPlace.of("message", self.message_key, self.message_certificate, password)

    @property
    def seal_key_place(self) -> KeyPlace:
        """The same for the key that seals."""
        password = _password(self.seal_password, self.seal_password_file)
        return KeyPlace.of("seal", self.seal_key, self.seal_certificate, password)

    @property
    def documents_secret(self) -> Password:
        """What goes with ``documents_access_key``."""
        return _password(self.documents_secret_key, self.documents_secret_key_file)

    @property
    def oidc_secret(self) -> Password:
        """What goes with ``oidc_client_id``; empty for a client that has none."""
        return _password(self.oidc_client_secret, self.oidc_client_secret_file)

    @property
    def console_address(self) -> str:
        """Where people find us, without a slash at its end."""
        return (self.console_url or self.public_url).rstrip("/")

    @property
    def retention(self) -> Retention:
        """How long each is kept that is not kept for ever."""
        days = {kept: getattr(self, f"retain_{KEPT_LIKE.get(kept, kept).value}_days") for kept in RetentionKind}
        return {kept: timedelta(days=count) for kept, count in days.items() if count is not None}

    @field_validator("documents_url")
    @classmethod
    def _bucket_url(cls, url: str | None) -> str | None:
        if url is not None and (urlsplit(url).scheme != "s3" or not urlsplit(url).netloc):
            raise ValueError("documents_url: write s3://bucket/prefix, or nothing for documents_folder")
        return url

    @field_validator("otlp_endpoint", "trace_url")
    @classmethod
    def _trace_url(cls, url: str | None) -> str | None:
        if url is not None and urlsplit(url).scheme not in {"http", "https"}:
            raise ValueError("otlp_endpoint, trace_url: write an http or https address, as http://127.0.0.1:4318")
        return url

    @field_validator("documents_endpoint")
    @classmethod
    def _endpoint_url(cls, url: str | None) -> str | None:
        if url is not None and urlsplit(url).scheme not in {"http", "https"}:
            raise ValueError("documents_endpoint: write an http or https address, as https://s3.example.kz")
        return url

    @field_validator("timestamp_urls", "ocsp_urls", "crl_urls")
    @classmethod
    def _http_urls(cls, urls: tuple[str, ...]) -> tuple[str, ...]:
        for url in urls:
            parts = urlsplit(url)  # raises ValueError by itself for brackets that do not match
            if parts.scheme not in {"http", "https"} or not parts.hostname:
                raise ValueError(f"{url!r} is no http or https URL of an authority")
        return urls

    @field_validator("ncanode_url")
    @classmethod
    def _http_url(cls, url: str | None) -> str | None:
        if url is not None and urlsplit(url).scheme not in {"http", "https"}:
            raise ValueError("ncanode_url: write an http or https address, as http://127.0.0.1:14579")
        return url

    @field_validator("oidc_issuer")
    @classmethod
    def _issuer_url(cls, url: str | None) -> str | None:
        parts = urlsplit(url or "https://nobody")
        if parts.scheme != "https" and (parts.scheme, parts.hostname) not in _LOOPBACKS:
            raise ValueError("oidc_issuer: write its https address (http only for one on this machine)")
        return url

    @model_validator(mode="after")
    def _whole_provider(self) -> Self:
        if (self.oidc_issuer is None) != (self.oidc_client_id is None):
            raise ValueError("oidc_issuer: it goes with oidc_client_id, and none without the other")
        if self.oidc_only and self.oidc_issuer is None:
            raise ValueError("oidc_only: name an oidc_issuer, or nobody could sign in")
        if self.oidc_admission is OidcAdmission.BY_CLAIM and not self.oidc_roles:
            raise ValueError("oidc_roles: say which value of the claim gives which role, or nobody could sign in")
        return self

    @property
    def node_name(self) -> str:
        """How this node is known to the others."""
        return self.node or f"{socket.gethostname()}:{self.listen_port}"

    @model_validator(mode="after")
    def _whole_access(self) -> Self:
        has_secret = self.documents_secret_key is not None or self.documents_secret_key_file is not None
        if has_secret != (self.documents_access_key is not None):
            raise ValueError("documents_access_key: it goes with documents_secret_key_file, and none without the other")
        return self

    @model_validator(mode="after")
    def _absolute_sqlite(self) -> Self:
        if self.database_url.startswith("sqlite:///") and not self.database_url.startswith("sqlite:////"):
            raise ValueError("database_url: a SQLite path must be absolute (sqlite:////var/lib/dalel/dalel.db)")
        return self

    @model_validator(mode="after")
    def _room_for_every_pool(self) -> Self:
        """Else strangers at one could take the connections that another needs."""
        people = self.console_requests_at_once + self.sign_in_requests_at_once if self.console else 0
        taken = self.requests_at_once + people + (self.api_requests_at_once if self.api else 0)
        if self.connections < taken + SPARE_CONNECTIONS:
            raise ValueError(
                f"connections: {self.connections} are too few; the pools have {taken} places together, and health and "
                f"new connections need {SPARE_CONNECTIONS} more. Raise connections, or lower requests_at_once, "
                "console_requests_at_once, sign_in_requests_at_once or api_requests_at_once"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the hook's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the hook's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        home = Path(init_settings()["home"])
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, home / SETTINGS_FILE)


def _password(given: SecretStr | None, file: Path | None) -> Password:
    return Password(given.get_secret_value().encode() if given else None, file)


def load_settings(home: Path, **values: Any) -> Settings:  # noqa: ANN401 - values of any setting
    """Read the settings of the installation in ``home``; what was ``said`` overrules them, None says nothing.

    Raises SettingsError; never writes.
    """
    home = home.expanduser().absolute()
    file = home / SETTINGS_FILE
    if not file.is_file():
        raise SettingsError(f"{file} does not exist. Make an installation with: dalel init --home {home}")
    _refuse_unknown_variables()
    try:
        return Settings(home=home, **{key: value for key, value in values.items() if value is not None})
    except tomllib.TOMLDecodeError as problem:
        raise SettingsError(f"{file} is no TOML: {problem}. Mend that line.") from problem
    except ValidationError as problem:
        raise SettingsError(_reported(problem, file)) from problem


def _refuse_unknown_variables() -> None:
    known = {_ENV_PREFIX + name.upper() for name in Settings.model_fields}
    unknown = sorted(name for name in os.environ if name.startswith(_ENV_PREFIX) and name not in known)
    if unknown:
        raise SettingsError(
            f"unknown environment variable {unknown[0]}: unset it, or mend its name (known: {', '.join(sorted(known))})"
        )


def _reported(problem: ValidationError, file: Path) -> str:
    """Every broken key, one sentence each, with where it stands and what to do."""
    shadows = "default_factory_not_called"  # follows from another error in the list; says nothing by itself
    unshadowed = (error for error in problem.errors() if error["type"] != shadows)
    return "\n".join(_one(error["loc"], error["msg"], error["type"], file) for error in unshadowed)


def _one(loc: tuple[int | str, ...], message: str, kind: str, file: Path) -> str:
    if not loc:
        return f"{file}: {message.removeprefix('Value error, ')}."
    key = ".".join(map(str, loc))
    variable = _ENV_PREFIX + str(loc[0]).upper()
    place = variable if variable in os.environ else f"{file}, key {key}"
    if kind == "extra_forbidden":
        return f"{place}: unknown key. Remove it, or mend its name; keys are: {', '.join(Settings.model_fields)}."
    return f"{place}: {message}. Set another value, or remove the key to have the default."
