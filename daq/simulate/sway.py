"""Standing still for a while, on both legs or on one, to forces and to what each corner of a plate carries."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from daq.block import SIDES, Limb
from daq.driver import Floats
from daq.simulate.far_end import World
from daq.simulate.person import Part, Timeline, timeline
from daq.simulate.stages import EMPTY_S, PLATE_NOISE_N, Stage, TrueEffort, noisy_worlds
from daq.simulate.standing import (
    LIFT_S,
    STEP_S,
    empty,
    lift,
    put_down,
    stand_on_one,
    standing_n,
    step_off,
    step_on,
)

WIDTH_M, LENGTH_M = 0.40, 0.60
"""Distance of the cells of a simulated plate, left to right and back to front."""

APART_M = 0.30
"""Distance of the middles of the left and the right plate."""

TURNS_HZ = 0.4
_SETTLE_S = 3.0
_CELLS = ((-1, 1), (1, 1), (-1, -1), (1, -1))
"""Left and right, front and back of the cells tl, tr, bl, br."""


@dataclass(frozen=True, slots=True)
class Sway:
    """The centre of pressure on a circle of ``radius_m``; on two legs ``right_over_left`` of the weight beside it."""

    radius_m: float
    right_over_left: float = 1.0

    @property
    def _centre_m(self) -> float:
        return APART_M / 2 * (self.right_over_left - 1) / (self.right_over_left + 1)

    def ml_m(self, t_s: Floats) -> Floats:
        """To the right of the middle."""
        return self._centre_m + self.radius_m * np.cos(2 * np.pi * TURNS_HZ * t_s)

    def ap_m(self, t_s: Floats) -> Floats:
        """In front of the middle."""
        return self.radius_m * np.sin(2 * np.pi * TURNS_HZ * t_s)

    def truth(self, duration_s: float) -> dict[str, float]:
        """Of a circle at a steady speed."""
        speed = 2 * math.pi * self.radius_m * TURNS_HZ
        return {
            "sway_velocity_mean": speed,
            "sway_path_length": speed * duration_s,
            "sway_rms_distance": self.radius_m,
            "sway_mean_distance": self.radius_m,
            "sway_range_ml": 2 * self.radius_m,
            "sway_range_ap": 2 * self.radius_m,
            "sway_mean_frequency": TURNS_HZ,
            "sway_area_rate": self.radius_m * speed / 2,
            "single_leg_stance_time": duration_s,
            "stance_time": duration_s,
        }


def standing_still(
    draw: Callable[[int, Limb], Sway], *, duration_s: float, on_both: bool, rest_s: float, seed: int, first_side: Limb
) -> tuple[Stage, dict[Limb, World]]:
    """The stage, and the force on the cells tl, tr, bl, br of each plate, shape (n, 4)."""
    order = (Limb.BOTH, Limb.BOTH) if on_both else (first_side, first_side.other)
    up_s = EMPTY_S + STEP_S
    still_s = _SETTLE_S + duration_s
    cycle_s = up_s + LIFT_S + still_s + LIFT_S + STEP_S + rest_s
    block_s = 2 * cycle_s

    def parts_of(limb: Limb, who: Limb, sway: Sway) -> list[tuple[float, Part]]:
        on = [(0.0, empty), (EMPTY_S, step_on(limb))]
        if on_both:
            off_s = up_s + still_s
            return [*on, (up_s, _sways(sway, limb)), (off_s, step_off(limb)), (off_s + STEP_S, empty)]
        is_free, one_s = who is not limb, up_s + LIFT_S
        off_s = one_s + still_s
        return [
            *on, (up_s, lift(limb, is_free=is_free)), (one_s, empty if is_free else stand_on_one),
            (off_s, put_down(limb, is_free=is_free)), (off_s + LIFT_S, step_off(limb)), (off_s + LIFT_S + STEP_S, empty),
        ]  # fmt: skip

    def build(block: int, limb: Limb) -> Timeline:
        return timeline(
            [
                (k * cycle_s + start_s, part)
                for k in range(2)
                for start_s, part in parts_of(limb, order[k], draw(2 * block + k, order[k]))
            ]
        )

    def effort(n: int) -> TrueEffort:
        limb = order[n % 2]
        sway = draw(n, limb)
        start_s = n // 2 * block_s + n % 2 * cycle_s + up_s + (0.0 if on_both else LIFT_S)
        return TrueEffort(start_s, limb, 0.0, None, sway.right_over_left if on_both else None, sway.truth(duration_s))

    worlds = noisy_worlds(build, block_s, seed=seed, noise_n=PLATE_NOISE_N)

    def sway_at(t_s: float) -> Sway:
        n = max(0, math.floor(t_s / cycle_s))
        return draw(n, order[n % 2])

    cells = {limb: _cells(worlds[limb], sway_at, cycle_s, on_both=on_both, seed=seed, limb=limb) for limb in SIDES}
    return Stage(worlds, effort), cells


def _sways(sway: Sway, limb: Limb) -> Part:
    """Whoever stands on two plates shows what lies to the right in the share of the right foot."""
    sign = 1.0 if limb is Limb.RIGHT else -1.0
    return lambda _, t_s: standing_n(t_s) * (0.5 + sign * sway.ml_m(t_s) / APART_M)


def _cells(world: World, sway_at: Callable[[float], Sway], cycle_s: float, *, on_both: bool, seed: int, limb: Limb) -> World:
    """The force of a plate on its corners; what sways from foot to foot lies in the forces of the plates already."""
    noise_n = np.random.default_rng([seed, 7, *limb.encode()]).normal(0.0, PLATE_NOISE_N / 2, size=(65_521, 4))

    def cells(t_s: Floats) -> Floats:
        force_n = world(t_s)
        ml_m, ap_m = np.zeros_like(t_s), np.zeros_like(t_s)
        n = np.floor(t_s / cycle_s)
        for k in sorted({*n.tolist()}):
            here, sway = n == k, sway_at(k * cycle_s)
            ap_m[here] = sway.ap_m(t_s[here])
            if not on_both:
                ml_m[here] = sway.ml_m(t_s[here])
        columns = [force_n / 4 * (1 + x * 2 * ml_m / WIDTH_M) * (1 + y * 2 * ap_m / LENGTH_M) for x, y in _CELLS]
        return np.column_stack(columns) + noise_n[np.rint(t_s * 10_000.0).astype(np.int64) % len(noise_n)]

    return cells
