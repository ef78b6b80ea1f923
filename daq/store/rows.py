"""Setups, trials and values to rows of the catalogue, and rows to the best values of a list."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, insert, select

from daq.session.setup import Setup
from daq.session.snapshot import TrialView
from daq.store import schema
from daq.store.journal import Entry

_ID_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Best:
    """The primary value of a best trial."""

    limb: str
    value: float
    unit: str
    u: float | None


def fingerprint_of(recording: Path, edits: Sequence[Entry]) -> str:
    """Changes when the file or its journal changes; "" for a file that is gone."""
    try:
        found = recording.stat()
    except OSError:
        return ""
    return f"{found.st_size}-{found.st_mtime_ns}-{_digest(repr(tuple(edits)))}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_ID_DIGITS]


def forget(connection: Connection, sitting_id: str) -> None:
    """Remove a sitting and all that hangs on it."""
    connection.execute(delete(schema.sittings).where(schema.sittings.c.id == sitting_id))
    used = exists().where(schema.devices.c.certificate_id == schema.certificates.c.id)
    connection.execute(delete(schema.certificates).where(~used))


def sitting_row(
    recording: Path, setup: Setup | None, *, n_trials: int, n_kept: int, edits: Sequence[Entry], problem: str = ""
) -> dict[str, Any]:
    """The row of a recording; without a setup (it could not be read) the name of the file is all there is."""
    return {
        "recording": recording.name,
        "started_utc": setup.started_utc if setup else "",
        "person": setup.person if setup else "",
        "assessment": setup.assessment.id if setup else "",
        "primary_metric": setup.assessment.primary if setup else "",
        "software": setup.software if setup else "",
        "n_trials": n_trials,
        "n_kept": n_kept,
        "fingerprint": fingerprint_of(recording, edits),
        "problem": problem,
        "setup": setup.as_table() if setup else {},
    }


def add_devices(connection: Connection, sitting_id: str, setup: Setup) -> None:
    """The mounts of a sitting, and the certificates they were read through."""
    for mount in setup.rig.mount:
        certificate = setup.certificates.get(mount.name)
        certificate_id = None
        if certificate is not None:
            table = certificate.as_table()
            certificate_id = _digest(json.dumps(table, sort_keys=True))
            if not connection.execute(
                select(schema.certificates.c.id).where(schema.certificates.c.id == certificate_id)
            ).first():
                row = {
                    "id": certificate_id,
                    "serial": certificate.serial,
                    "status": certificate.status.value,
                    "certificate": table,
                }
                connection.execute(insert(schema.certificates), row)
        device = {
            "sitting_id": sitting_id,
            "mount": mount.name,
            "driver": mount.driver,
            "address": mount.address,
            "limbs": ",".join(limb.value for limb in mount.sides),
            "certificate_id": certificate_id,
        }
        connection.execute(insert(schema.devices), device)


def trial_row(sitting_id: str, trial: TrialView, *, is_kept: bool) -> dict[str, Any]:
    """The row of a trial."""
    record = trial.result.as_record()
    return {
        "sitting_id": sitting_id,
        "number": trial.number,
        "limb": trial.limb.value,
        "start_s": float(trial.start_s),
        "stop_s": float(trial.stop_s),
        "status": trial.result.status.value,
        "is_kept": is_kept,
        "is_best": trial.is_best and is_kept,
        "verdict": trial.verdict,
        "reasons": list(trial.result.reasons),
        "events": record["events"],
    }


def best_values(connection: Connection) -> dict[str, list[Best]]:
    """The primary value of the best trial of each limb, by sitting, left first."""
    s, t, v = schema.sittings.c, schema.trials.c, schema.values.c
    same = and_(t.sitting_id == v.sitting_id, t.number == v.trial, t.limb == v.limb, t.is_best)
    query = (
        select(v.sitting_id, v.limb, v.value, v.unit, v.u)
        .join(schema.trials, same)
        .join(schema.sittings, and_(s.id == v.sitting_id, s.primary_metric == v.name))
        .where(v.value.is_not(None), v.status != "invalid")
        .order_by(v.limb, t.number)
    )
    found: dict[str, list[Best]] = {}
    for sitting_id, limb, value, unit, u in connection.execute(query):
        found.setdefault(sitting_id, []).append(Best(limb, value, unit, u))
    return found
