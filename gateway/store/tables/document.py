"""Documents: who owns them, who may read them, and uploads on their way. Their bytes lie in files by digest."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    literal_column,
)

from gateway.store.tables.base import InstantColumn, metadata

documents = Table(
    "documents",
    metadata,
    Column("document_id", String, primary_key=True),
    Column("owner", String, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("file_name", String, nullable=False),
    Column("media_type", String, nullable=False),
    Column("created_at", InstantColumn, nullable=False),
    CheckConstraint("size >= 0", name="size"),
    Index("ix_documents_sha256", "sha256"),
)

document_grants = Table(
    "document_grants",
    metadata,
    Column("document_id", ForeignKey(documents.c.document_id), primary_key=True),
    Column("party_id", String, primary_key=True),
    Column("granted_at", InstantColumn, nullable=False),
)

uploads = Table(
    "uploads",
    metadata,
    Column("owner", String, primary_key=True),
    Column("upload_id", String, primary_key=True),
    Column("document_id", String, nullable=False),
    Column("parts", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("file_name", String, nullable=False),
    Column("media_type", String, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("started_at", InstantColumn, nullable=False),
    UniqueConstraint("document_id"),
)

IS_UNFINISHED: ColumnElement[bool] = uploads.c.complete.op("IS NOT", is_comparison=True)(literal_column("TRUE"))
_begun = (uploads.c.owner, uploads.c.started_at)
Index("ix_uploads_unfinished", *_begun, sqlite_where=IS_UNFINISHED, postgresql_where=IS_UNFINISHED)

# Bytes that no document has any more; they go from the disk, and then this row. ``sha256`` as in ``documents``.
lost_blobs = Table(
    "lost_blobs",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("lost_at", InstantColumn, nullable=False),
)

upload_parts = Table(
    "upload_parts",
    metadata,
    Column("owner", String, primary_key=True),
    Column("upload_id", String, primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    ForeignKeyConstraint(["owner", "upload_id"], [uploads.c.owner, uploads.c.upload_id]),
)
