"""Users of the console and their sessions: working state. What they did stands in the audit log, which is proven."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from gateway.domain.people.access import SignInMethod, UserRole
from gateway.store.tables.base import FreeText, InstantColumn, OneOf, RowNumber, in_set, metadata

# ``password_hash``: Argon2id with its parameters and salt; empty for whoever has none. ``failures``: wrong passwords
# since the last right one. ``enrol_sha256``: of the one link by which a password may be set, until ``enrol_until``.
# ``identity_sha256``: of the issuer and subject that a user who signs in elsewhere is bound to, from the first time on.
# Rows stay for good: the ledger and the audit log say "user:7" and not a name.
users = Table(
    "users",
    metadata,
    Column("user_id", RowNumber, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("role", OneOf(UserRole), nullable=False),
    Column("password_hash", String, nullable=False),
    Column("created_at", InstantColumn, nullable=False),
    Column("disabled_at", InstantColumn),
    Column("failures", Integer, nullable=False),
    Column("locked_until", InstantColumn),
    Column("signs_in", OneOf(SignInMethod), nullable=False, server_default=SignInMethod.HERE.value),
    Column("identity_sha256", String(64)),
    Column("enrol_sha256", String(64)),
    Column("enrol_until", InstantColumn),
    in_set("role", UserRole),
    Index("ix_users_role", "role", "name"),
    Index("ix_users_enrolment", "enrol_sha256", unique=True),
    Index("ix_users_identity", "identity_sha256", unique=True),
)

# Only the SHA-256 of a token lies here: who reads the database cannot take over a session. ``agent``: what the browser
# says it is, by which a user knows an own session from another's.
sessions = Table(
    "sessions",
    metadata,
    Column("token_sha256", String(64), primary_key=True),
    Column("user_id", ForeignKey(users.c.user_id), nullable=False),
    Column("opened_at", InstantColumn, nullable=False),
    Column("seen_at", InstantColumn, nullable=False),
    Column("remote", String),
    Column("agent", String),
    Index("ix_sessions_user", "user_id"),
)

# ``list_key``: of the list. ``query``: what it is narrowed to, as it stands in the address; never a person's number.
saved_views = Table(
    "saved_views",
    metadata,
    Column("view_id", RowNumber, primary_key=True),
    Column("user_id", ForeignKey(users.c.user_id), nullable=False),
    Column("list_key", String, nullable=False),
    Column("name", FreeText, nullable=False),
    Column("query", FreeText, nullable=False),
    Column("is_shared", Boolean, nullable=False),
    Column("saved_at", InstantColumn, nullable=False),
    UniqueConstraint("user_id", "list_key", "name"),
)
Index(
    "ix_saved_views_shared",
    saved_views.c.list_key,
    saved_views.c.name,
    sqlite_where=saved_views.c.is_shared,
    postgresql_where=saved_views.c.is_shared,
)


# Only the SHA-256 of a token lies here: who reads the database cannot act by it. Rows stay for good: the ledger and the
# log of accesses say "token:7" and not a name.
tokens = Table(
    "tokens",
    metadata,
    Column("token_id", RowNumber, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("role", OneOf(UserRole), nullable=False),
    Column("token_sha256", String(64), nullable=False, unique=True),
    Column("hint", String, nullable=False),
    Column("created_by", FreeText, nullable=False),
    Column("created_at", InstantColumn, nullable=False),
    Column("expires_at", InstantColumn, nullable=False),
    Column("revoked_at", InstantColumn),
    Column("used_at", InstantColumn),
    in_set("role", UserRole),
)

# ``status`` and ``answer``: NULL while the act is in hand, and for good when its process ended meanwhile.
requests = Table(
    "requests",
    metadata,
    Column("token_id", ForeignKey(tokens.c.token_id), primary_key=True),
    Column("key_sha256", String(64), primary_key=True),
    Column("request_sha256", String(64), nullable=False),
    Column("at", InstantColumn, nullable=False),
    Column("status", Integer),
    Column("answer", LargeBinary),
    Index("ix_requests_at", "at"),
)
