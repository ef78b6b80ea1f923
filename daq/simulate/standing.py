"""Somebody on two plates to the force of each: standing, stepping on and off, lifting a foot, sharing a movement."""

from __future__ import annotations

import numpy as np

from daq.block import Limb
from daq.driver import Floats
from daq.simulate.acts import Act
from daq.simulate.person import Part, eased
from daq.units import STANDARD_GRAVITY_M_PER_S2 as G

MASS_KG = 74.0
WEIGHT_N = MASS_KG * G
STEP_S = 1.0
LIFT_S = 0.5


def empty(u_s: Floats, _: Floats) -> Floats:
    """Nobody is there."""
    return np.zeros_like(u_s)


def standing_n(t_s: Floats) -> Floats:
    """Total force of quiet standing: weight, breathing, heart beat."""
    return WEIGHT_N + 0.7 * np.sin(2 * np.pi * 0.25 * t_s) + 1.1 * np.sin(2 * np.pi * 1.17 * t_s)


def _shifted_n(t_s: Floats) -> Floats:
    """What sways from the left foot to the right one."""
    return 8.0 + 3.5 * np.sin(2 * np.pi * 0.31 * t_s) + 1.5 * np.sin(2 * np.pi * 0.83 * t_s)


def foot_n(t_s: Floats, limb: Limb) -> Floats:
    """One foot of somebody who stands on both."""
    return standing_n(t_s) / 2 + (_shifted_n(t_s) if limb is Limb.RIGHT else -_shifted_n(t_s))


def stand(limb: Limb) -> Part:
    """Standing on both feet."""
    return lambda _, t_s: foot_n(t_s, limb)


def stand_on_one(_: Floats, t_s: Floats) -> Floats:
    """Standing on one foot."""
    return standing_n(t_s) + 1.5 * np.sin(2 * np.pi * 2.3 * t_s)


def step_on(limb: Limb) -> Part:
    """The right foot first, which carries everything until the left one follows."""

    def left_n(u_s: Floats, t_s: Floats) -> Floats:
        return foot_n(t_s, Limb.LEFT) * eased((u_s / STEP_S - 0.45) / 0.55)

    def right_n(u_s: Floats, t_s: Floats) -> Floats:
        return standing_n(t_s) * eased(u_s / STEP_S / 0.45) - left_n(u_s, t_s)

    return left_n if limb is Limb.LEFT else right_n


def step_off(limb: Limb) -> Part:
    """The reverse of stepping on."""
    on = step_on(limb)
    return lambda u_s, t_s: on(STEP_S - u_s, t_s)


def lift(limb: Limb, *, is_free: bool) -> Part:
    """One foot leaves the ground; the other takes over what it carried."""

    def part(u_s: Floats, t_s: Floats) -> Floats:
        lifted = eased(u_s / LIFT_S)
        goal_n = 0.0 if is_free else stand_on_one(u_s, t_s)
        return foot_n(t_s, limb) * (1 - lifted) + goal_n * lifted

    return part


def put_down(limb: Limb, *, is_free: bool) -> Part:
    """The reverse of lifting."""
    up = lift(limb, is_free=is_free)
    return lambda u_s, t_s: up(LIFT_S - u_s, t_s)


def leave(u_s: Floats, t_s: Floats) -> Floats:
    """Off the plate from one leg."""
    return stand_on_one(u_s, t_s) * (1 - eased(u_s / STEP_S))


def alone(act: Act) -> Part:
    """All of the force on one limb."""
    return lambda u_s, _: act.force_n(u_s)


def shared(act: Act, limb: Limb, *, ratio: float) -> Part:
    """The share goes from that of standing to that of the repetition, and back at its end."""
    goal = ratio / (1 + ratio) if limb is Limb.RIGHT else 1 / (1 + ratio)
    in_s, out_s = act.settle_s
    back_s = act.duration_s - out_s

    def part(u_s: Floats, t_s: Floats) -> Floats:
        standing = foot_n(t_s, limb) / standing_n(t_s)
        come = eased(u_s / in_s) if in_s else np.ones_like(u_s)
        go = eased((u_s - back_s) / out_s) if out_s else np.zeros_like(u_s)
        return act.force_n(u_s) * (standing + (goal - standing) * (come - go))

    return part
