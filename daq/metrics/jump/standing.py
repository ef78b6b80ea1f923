"""Quiet standing before a jump, or the weight of an earlier one, to the weighing and to how the weight was shared."""

from __future__ import annotations

import math

from daq.block import SIDES, Limb
from daq.metrics.jump.events import Jump
from daq.metrics.samples import white_noise_n
from daq.metrics.uncertainty import Budget
from daq.metrics.weighing import DEFAULT_SWAY_N, Stored, Weighing, weigh

# A body mass that was typed in is right to half a kilogram.
TYPED_MASS_KG = 0.5


def find_weighing(jump: Jump) -> tuple[str, ...]:
    """Weigh; the codes that say why not are returned."""
    flight, conditions = jump.flight, jump.conditions
    weighing = weigh(
        jump.trace, flight.takeoff.t_s, rule=conditions.rules["weigh"], one_leg=conditions.one_leg, gravity=jump.gravity,
        landing_s=flight.landing.t_s if flight.landing else None, window_s=jump.limit("weigh_s"),
        quiet=quiet_of(jump), stored=_stored(jump),
    )  # fmt: skip
    if not isinstance(weighing, Weighing):
        return weighing
    jump.weighing = weighing
    jump.nu.update(weighing.freedom)
    jump.tell(*weighing.reasons)
    jump.noise_n[jump.main] = weighing.noise_n
    for limb, trace in jump.traces.items():
        if limb is jump.main:
            continue
        part = trace.force_n[trace.slice(*weighing.span_s)]
        jump.noise_n[limb] = white_noise_n(part)
        if len(part):
            jump.shares[limb] = float(part.sum()) / len(part)
    if len(jump.shares) == len(SIDES):
        right = min(max(jump.shares[Limb.RIGHT] / weighing.weight_n, 0.0), 1.0)
        jump.budgets[Limb.BOTH] = Budget.of_sum(jump.budgets[Limb.LEFT], jump.budgets[Limb.RIGHT], right_share=right)
        if min(jump.shares.values()) < jump.limit("unloaded_share") * weighing.weight_n:
            jump.tell("limb_unloaded_in_weighing")
    _compare(jump)
    return ()


def quiet_of(jump: Jump) -> tuple[float, float]:
    """Largest SD of quiet standing: in N, and as a share of the weight."""
    legs = "one_leg_" if jump.conditions.one_leg else ""
    return jump.limit(f"{legs}quiet_n"), jump.limit(f"{legs}quiet_share")


def _typed_mass_kg(jump: Jump) -> float | None:
    mass = jump.conditions.entered.get("body_mass_kg", jump.conditions.effort.body_mass_kg)
    return mass if mass and math.isfinite(mass) and mass > 0 else None


def _stored(jump: Jump) -> Stored | None:
    """The weight to use when this record holds no valid one: that of an earlier weighing, else of the mass typed in."""
    if jump.conditions.rules["weigh"].name != "stored_mass":
        return None
    load_n = jump.load_kg * jump.gravity
    earlier, mass = jump.conditions.effort.stored_weight_n, _typed_mass_kg(jump)
    if earlier and math.isfinite(earlier) and earlier > 0:
        return Stored(earlier + load_n, DEFAULT_SWAY_N, is_own=True)
    if mass is not None:
        return Stored(mass * jump.gravity + load_n, TYPED_MASS_KG * jump.gravity, is_own=False)
    return None


def _compare(jump: Jump) -> None:
    """A weight that differs from the person's mass, or from an earlier weighing of the day, is a question about the plate."""
    if jump.conditions.rules["weigh"].name == "stored_mass":
        return
    own_n, mass = jump.weighing.weight_n - jump.load_kg * jump.gravity, _typed_mass_kg(jump)
    earlier = jump.conditions.effort.stored_weight_n
    known = ((mass * jump.gravity if mass else None, "mismatch_share"), (earlier, "mismatch_day_share"))
    for weight_n, limit in known:
        if weight_n and abs(own_n - weight_n) > jump.limit(limit) * weight_n:
            jump.tell("weight_mismatch")
