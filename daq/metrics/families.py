"""The word for a kind of test to its family; families are loaded when a test asks for them, so that starting stays quick."""

from __future__ import annotations

from functools import lru_cache

from daq.metrics.catalogue import Family, Metric

KINDS = ("jump", "squat_jump", "drop_jump", "hops", "landing", "pull", "repetitions", "contractions", "hold", "stance")


@lru_cache(maxsize=16)
def family_of(kind: str) -> Family:
    """The family that the word ``kind`` stands for; KeyError for a word that is not in ``KINDS``.

    >>> "rsi_modified" in family_of("jump").metrics, "rsi_modified" in family_of("pull").metrics
    (True, False)
    """
    if kind in {"jump", "squat_jump"}:
        from daq.metrics import jump

        return jump.JUMP if kind == "jump" else jump.SQUAT_JUMP
    if kind in {"drop_jump", "hops", "landing"}:
        from daq.metrics import rebound

        return {"drop_jump": rebound.DROP_JUMP, "hops": rebound.HOPS, "landing": rebound.LANDING}[kind]
    if kind == "pull":
        from daq.metrics import isometric

        return isometric.PULL
    if kind in {"repetitions", "contractions", "hold"}:
        from daq.metrics import endurance

        return {"repetitions": endurance.REPETITIONS, "contractions": endurance.CONTRACTIONS, "hold": endurance.HOLD}[kind]
    if kind == "stance":
        from daq.metrics import balance

        return balance.STANCE
    raise KeyError(kind)


def row_of(name: str, kind: str) -> Metric | None:
    """The row of a metric in its family, None for a name that the family does not have."""
    return family_of(kind).metrics.get(name)


def phase_of(name: str, kind: str) -> str:
    """The phase that belongs to the metric's name in this kind of test, "" for most."""
    row = row_of(name, kind)
    return row.phase if row is not None else ""


def unit_of(name: str, kind: str) -> str:
    """Unit of a metric, "" for a name that the family does not have."""
    row = row_of(name, kind)
    return row.unit if row is not None else ""
