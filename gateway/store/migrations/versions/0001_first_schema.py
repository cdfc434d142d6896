"""The first schema: registry, cases, ledger leaves, messages, outbox, documents, logs.

Follows nothing. Every format that could not be changed later stands here already: leaves from the first event on,
salts apart from commitments, envelopes byte for byte.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970-01-01T00:00Z
SPAN = sa.BigInteger()  # microseconds


def _partial_index(name: str, table: str, columns: list[str], only: str) -> None:
    """An index over the rows where ``only`` holds, said to both databases."""
    where = sa.text(only)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    _create_registry_versions()
    _create_parties()
    _create_party_certificates()
    _create_agreements()
    _create_routes()
    _create_conversations()
    _create_events()
    _create_commitments()
    _create_salts()
    _create_terms()
    _create_leaves()
    _create_tree_heads()
    _create_seals()
    _create_envelopes()
    _create_messages()
    _create_inbox()
    _create_deliveries()
    _create_attempts()
    _create_assemblies()
    _create_documents()
    _create_document_grants()
    _create_uploads()
    _create_upload_parts()
    _create_refusals()
    _create_accesses()
    _create_audit_log()


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")


def _create_registry_versions() -> None:
    op.create_table(
        "registry_versions",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("applied_at", INSTANT, nullable=False),
        sa.Column("applied_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_registry_versions")),
    )


def _create_parties() -> None:
    op.create_table(
        "parties",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("party_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("bin", sa.String(), nullable=False),
        sa.Column("name_kk", sa.String(), nullable=False),
        sa.Column("name_ru", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=True),
        sa.CheckConstraint("(channel = 'push') = (endpoint IS NOT NULL)", name=op.f("ck_parties_endpoint")),
        sa.CheckConstraint("channel IN ('push', 'mailbox')", name=op.f("ck_parties_channel")),
        sa.CheckConstraint("role IN ('exchange', 'platform', 'agency', 'court')", name=op.f("ck_parties_role")),
        sa.ForeignKeyConstraint(["version"], ["registry_versions.version"], name=op.f("fk_parties_version")),
        sa.PrimaryKeyConstraint("version", "party_id", name=op.f("pk_parties")),
    )


def _create_party_certificates() -> None:
    op.create_table(
        "party_certificates",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("party_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("der", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version", "party_id"],
            ["parties.version", "parties.party_id"],
            name=op.f("fk_party_certificates_version_party_id"),
        ),
        sa.PrimaryKeyConstraint("version", "party_id", "position", name=op.f("pk_party_certificates")),
    )


def _create_agreements() -> None:
    op.create_table(
        "agreements",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("party_id", sa.String(), nullable=False),
        sa.Column("attempt_timeout", SPAN, nullable=False),
        sa.Column("first_wait", SPAN, nullable=False),
        sa.Column("longest_wait", SPAN, nullable=False),
        sa.Column("receipt_within", SPAN, nullable=False),
        sa.Column("mailbox_lease", SPAN, nullable=False),
        sa.ForeignKeyConstraint(
            ["version", "party_id"],
            ["parties.version", "parties.party_id"],
            name=op.f("fk_agreements_version_party_id"),
        ),
        sa.PrimaryKeyConstraint("version", "party_id", name=op.f("pk_agreements")),
    )


def _create_routes() -> None:
    op.create_table(
        "routes",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("kato", sa.String(), nullable=False),
        sa.Column("party_id", sa.String(), nullable=False),
        sa.CheckConstraint("role IN ('exchange', 'platform', 'agency', 'court')", name=op.f("ck_routes_role")),
        sa.ForeignKeyConstraint(
            ["version", "party_id"], ["parties.version", "parties.party_id"], name=op.f("fk_routes_version_party_id")
        ),
        sa.PrimaryKeyConstraint("version", "position", name=op.f("pk_routes")),
    )


def _create_conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("appeal_number", sa.String(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_conversations")),
        sa.UniqueConstraint("appeal_number", name=op.f("uq_conversations_appeal_number")),
    )


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.conversation_id"], name=op.f("fk_events_conversation_id")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "seq", name=op.f("pk_events")),
    )


def _create_commitments() -> None:
    op.create_table(
        "commitments",
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id", "seq"],
            ["events.conversation_id", "events.seq"],
            name=op.f("fk_commitments_conversation_id_seq"),
        ),
        sa.PrimaryKeyConstraint("conversation_id", "seq", "subject", name=op.f("pk_commitments")),
    )


def _create_salts() -> None:
    op.create_table(
        "salts",
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id", "seq", "subject"],
            ["commitments.conversation_id", "commitments.seq", "commitments.subject"],
            name=op.f("fk_salts_conversation_id_seq_subject"),
        ),
        sa.PrimaryKeyConstraint("conversation_id", "seq", "subject", name=op.f("pk_salts")),
    )


def _create_terms() -> None:
    op.create_table(
        "terms",
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("term_id", sa.String(), nullable=False),
        sa.Column("duty", sa.String(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("breached_at", INSTANT, nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.CheckConstraint("state IN ('open', 'met', 'breached', 'lapsed', 'defaulted')", name=op.f("ck_terms_state")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.conversation_id"], name=op.f("fk_terms_conversation_id")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "term_id", name=op.f("pk_terms")),
    )
    _partial_index("ix_terms_due", "terms", ["due_at"], "state IN ('open')")


def _create_leaves() -> None:
    op.create_table(
        "leaves",
        sa.Column("leaf_id", ROW_NUMBER, nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("position >= 0", name=op.f("ck_leaves_position")),
        sa.ForeignKeyConstraint(
            ["conversation_id", "seq"],
            ["events.conversation_id", "events.seq"],
            name=op.f("fk_leaves_conversation_id_seq"),
        ),
        sa.PrimaryKeyConstraint("leaf_id", name=op.f("pk_leaves")),
        sa.UniqueConstraint("conversation_id", "seq", name=op.f("uq_leaves_conversation_id_seq")),
        sa.UniqueConstraint("position", name=op.f("uq_leaves_position")),
    )
    _partial_index("ix_leaves_unsealed", "leaves", ["leaf_id"], "position IS NULL")


def _create_tree_heads() -> None:
    op.create_table(
        "tree_heads",
        sa.Column("tree_size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_position", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("first_position >= 0 AND first_position < tree_size", name=op.f("ck_tree_heads_range")),
        sa.PrimaryKeyConstraint("tree_size", name=op.f("pk_tree_heads")),
        sa.UniqueConstraint("first_position", name=op.f("uq_tree_heads_first_position")),
    )


def _create_seals() -> None:
    op.create_table(
        "seals",
        sa.Column("tree_size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", INSTANT, nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.Column("token_at", INSTANT, nullable=True),
        sa.CheckConstraint("(token IS NULL) = (token_at IS NULL)", name=op.f("ck_seals_token")),
        sa.ForeignKeyConstraint(["tree_size"], ["tree_heads.tree_size"], name=op.f("fk_seals_tree_size")),
        sa.PrimaryKeyConstraint("tree_size", name=op.f("pk_seals")),
    )
    _partial_index("ix_seals_tokenless", "seals", ["tree_size"], "token IS NULL")


def _create_envelopes() -> None:
    op.create_table(
        "envelopes",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_envelopes")),
    )


def _create_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("message_no", ROW_NUMBER, nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=True),
        sa.Column("ref_to_message_id", sa.String(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("outgoing", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("operation", sa.LargeBinary(), nullable=True),
        sa.Column("envelope_sha256", sa.String(length=64), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.conversation_id"], name=op.f("fk_messages_conversation_id")
        ),
        sa.ForeignKeyConstraint(["envelope_sha256"], ["envelopes.sha256"], name=op.f("fk_messages_envelope_sha256")),
        sa.PrimaryKeyConstraint("message_no", name=op.f("pk_messages")),
        sa.UniqueConstraint("sender", "message_id", name=op.f("uq_messages_sender_message_id")),
    )
    op.create_index("ix_messages_conversation", "messages", ["conversation_id", "message_no"])


def _create_inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["sender", "message_id"],
            ["messages.sender", "messages.message_id"],
            name=op.f("fk_inbox_sender_message_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("sender", "message_id", name=op.f("pk_inbox")),
    )


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("delivery_id", ROW_NUMBER, nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", INSTANT, nullable=True),
        sa.Column("claimed_at", INSTANT, nullable=True),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("receipt_sha256", sa.String(length=64), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "(state IN ('acknowledged', 'rejected', 'cancelled')) = (finished_at IS NOT NULL)",
            name=op.f("ck_deliveries_finished"),
        ),
        sa.CheckConstraint("channel IN ('push', 'mailbox')", name=op.f("ck_deliveries_channel")),
        sa.CheckConstraint("state != 'in_flight' OR lease_until IS NOT NULL", name=op.f("ck_deliveries_lease")),
        sa.CheckConstraint(
            (
                "state IN ('pending', 'in_flight', 'retry_scheduled', 'delivered', 'acknowledged', 'rejected', "
                "'dead_lettered', 'parked', 'cancelled')"
            ),
            name=op.f("ck_deliveries_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('pending', 'retry_scheduled', 'delivered') OR next_attempt_at IS NOT NULL",
            name=op.f("ck_deliveries_due"),
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.conversation_id"], name=op.f("fk_deliveries_conversation_id")
        ),
        sa.ForeignKeyConstraint(["receipt_sha256"], ["envelopes.sha256"], name=op.f("fk_deliveries_receipt_sha256")),
        sa.ForeignKeyConstraint(
            ["sender", "message_id"],
            ["messages.sender", "messages.message_id"],
            name=op.f("fk_deliveries_sender_message_id"),
        ),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("recipient", "message_id", name=op.f("uq_deliveries_recipient_message_id")),
    )
    _partial_index("ix_deliveries_awaited", "deliveries", ["state", "next_attempt_at"], "state IN ('delivered')")
    op.create_index("ix_deliveries_conversation", "deliveries", ["conversation_id", "delivery_id"])
    _partial_index(
        "ix_deliveries_due",
        "deliveries",
        ["channel", "priority", "next_attempt_at", "delivery_id"],
        "state IN ('pending', 'retry_scheduled')",
    )
    _partial_index("ix_deliveries_leased", "deliveries", ["state", "lease_until"], "state IN ('in_flight')")
    op.create_index("ix_deliveries_message", "deliveries", ["sender", "message_id"])
    _partial_index(
        "ix_deliveries_open",
        "deliveries",
        ["recipient", "conversation_id", "delivery_id"],
        "state NOT IN ('acknowledged', 'cancelled', 'rejected')",
    )
    op.create_index("ix_deliveries_recipient", "deliveries", ["recipient", "delivery_id"])
    op.create_index("ix_deliveries_state", "deliveries", ["state", "delivery_id"])


def _create_attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("attempt_id", ROW_NUMBER, nullable=False),
        sa.Column("delivery_id", ROW_NUMBER, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("request_sha256", sa.String(length=64), nullable=True),
        sa.Column("response_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.delivery_id"], name=op.f("fk_attempts_delivery_id")),
        sa.ForeignKeyConstraint(["request_sha256"], ["envelopes.sha256"], name=op.f("fk_attempts_request_sha256")),
        sa.ForeignKeyConstraint(["response_sha256"], ["envelopes.sha256"], name=op.f("fk_attempts_response_sha256")),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_attempts")),
    )
    op.create_index("ix_attempts_delivery", "attempts", ["delivery_id", "attempt_id"])


def _create_assemblies() -> None:
    op.create_table(
        "assemblies",
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("dossier_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("claim", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("ordered_at", INSTANT, nullable=False),
        sa.Column("filed_at", INSTANT, nullable=True),
        sa.CheckConstraint("claim IN ('contest', 'compel', 'perform', 'recognise')", name=op.f("ck_assemblies_claim")),
        sa.CheckConstraint("state IN ('due', 'filed')", name=op.f("ck_assemblies_state")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.conversation_id"], name=op.f("fk_assemblies_conversation_id")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "dossier_no", name=op.f("pk_assemblies")),
    )
    _partial_index("ix_assemblies_due", "assemblies", ["ordered_at"], "state IN ('due')")


def _create_documents() -> None:
    op.create_table(
        "documents",
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_documents_size")),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_documents")),
    )
    op.create_index("ix_documents_sha256", "documents", ["sha256"])


def _create_document_grants() -> None:
    op.create_table(
        "document_grants",
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("party_id", sa.String(), nullable=False),
        sa.Column("granted_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.document_id"], name=op.f("fk_document_grants_document_id")
        ),
        sa.PrimaryKeyConstraint("document_id", "party_id", name=op.f("pk_document_grants")),
    )


def _create_uploads() -> None:
    op.create_table(
        "uploads",
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("upload_id", sa.String(), nullable=False),
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("owner", "upload_id", name=op.f("pk_uploads")),
        sa.UniqueConstraint("document_id", name=op.f("uq_uploads_document_id")),
    )


def _create_upload_parts() -> None:
    op.create_table(
        "upload_parts",
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("upload_id", sa.String(), nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner", "upload_id"], ["uploads.owner", "uploads.upload_id"], name=op.f("fk_upload_parts_owner_upload_id")
        ),
        sa.PrimaryKeyConstraint("owner", "upload_id", "part", name=op.f("pk_upload_parts")),
    )


def _create_refusals() -> None:
    op.create_table(
        "refusals",
        sa.Column("refusal_id", ROW_NUMBER, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("remote", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("request_sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("refusal_id", name=op.f("pk_refusals")),
    )
    op.create_index("ix_refusals_at", "refusals", ["at"])
    op.create_index("ix_refusals_message", "refusals", ["message_id"])


def _create_accesses() -> None:
    op.create_table(
        "accesses",
        sa.Column("access_id", ROW_NUMBER, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("access_id", name=op.f("pk_accesses")),
    )
    op.create_index("ix_accesses_at", "accesses", ["at"])
    op.create_index("ix_accesses_subject", "accesses", ["subject"])


def _create_audit_log() -> None:
    op.create_table(
        "audit_log",
        sa.Column("audit_id", ROW_NUMBER, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("audit_id", name=op.f("pk_audit_log")),
    )
    op.create_index("ix_audit_log_at", "audit_log", ["at"])
