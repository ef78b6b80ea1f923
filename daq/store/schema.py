"""The tables of the catalogue, for SQLite and PostgreSQL alike."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, Integer, MetaData, String, Table

VERSION = 1

metadata = MetaData()


def _owned() -> Column[str]:
    return Column("sitting_id", String, ForeignKey("sittings.id", ondelete="CASCADE"), nullable=False, index=True)


people = Table("people", metadata, Column("id", String, primary_key=True), Column("name", String, nullable=False))

certificates = Table(
    "certificates",
    metadata,
    Column("id", String, primary_key=True),
    Column("serial", String, nullable=False),
    Column("status", String, nullable=False),
    Column("certificate", JSON, nullable=False),
)

sittings = Table(
    "sittings",
    metadata,
    Column("id", String, primary_key=True),
    Column("recording", String, nullable=False, unique=True),
    Column("started_utc", String, nullable=False, index=True),
    Column("person", String, nullable=False, index=True),
    Column("assessment", String, nullable=False),
    Column("primary_metric", String, nullable=False),
    Column("software", String, nullable=False),
    Column("n_trials", Integer, nullable=False),
    Column("n_kept", Integer, nullable=False),
    # Length, time of change and edits of the recording when it was folded: whether it must be folded again.
    Column("fingerprint", String, nullable=False),
    Column("problem", String, nullable=False),
    Column("setup", JSON, nullable=False),
)

devices = Table(
    "devices",
    metadata,
    Column("id", Integer, primary_key=True),
    _owned(),
    Column("mount", String, nullable=False),
    Column("driver", String, nullable=False),
    Column("address", String, nullable=False),
    Column("limbs", String, nullable=False),
    Column("certificate_id", String, ForeignKey("certificates.id")),
)

trials = Table(
    "trials",
    metadata,
    Column("id", Integer, primary_key=True),
    _owned(),
    Column("number", Integer, nullable=False),
    Column("limb", String, nullable=False),
    Column("start_s", Float, nullable=False),
    Column("stop_s", Float, nullable=False),
    Column("status", String, nullable=False),
    Column("is_kept", Boolean, nullable=False),
    Column("is_best", Boolean, nullable=False),
    Column("verdict", String, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("events", JSON, nullable=False),
)

values = Table(
    "values",
    metadata,
    Column("id", Integer, primary_key=True),
    _owned(),
    # NULL = a value of the whole sitting.
    Column("trial", Integer),
    Column("name", String, nullable=False),
    Column("limb", String, nullable=False),
    Column("phase", String),
    Column("index", Integer),
    Column("of", String),
    Column("value", Float),
    Column("unit", String, nullable=False),
    Column("u", Float),
    Column("nu_eff", Float),
    Column("k", Float),
    Column("U95", Float),
    Column("bias", Float),
    Column("interval", JSON),
    Column("u_parts", JSON, nullable=False),
    Column("better", String, nullable=False),
    Column("method", String, nullable=False),
    Column("params", JSON, nullable=False),
    Column("status", String, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("events", JSON, nullable=False),
    Column("text", String),
    Index("values_by_name", "name", "limb"),
)

notes = Table(
    "notes",
    metadata,
    Column("id", Integer, primary_key=True),
    _owned(),
    Column("trial", Integer),
    Column("at_utc", String, nullable=False),
    Column("text", String, nullable=False),
)
