"""What a body does, again and again, to the force of each limb over time: standing, stepping on and off, pausing."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from daq.block import SIDES, Limb
from daq.driver import Floats
from daq.simulate.acts import Act
from daq.simulate.far_end import World
from daq.simulate.person import Part, Timeline, timeline
from daq.simulate.standing import (
    LIFT_S,
    STEP_S,
    alone,
    empty,
    leave,
    lift,
    put_down,
    shared,
    stand,
    stand_on_one,
    step_off,
    step_on,
)

EMPTY_S = 3.0
STILL_S = 3.5
PLATE_NOISE_N, CELL_NOISE_N = 0.35, 0.12
_AFTER_S = 1.0
_N_IN_BLOCK = 3
_NOISE_HZ = 10_000.0

Draw = Callable[[int, Limb], Act]
"""The n-th repetition (from 0) and the limb that does it, to what it is."""

Ratio = Callable[[int], float]
"""The n-th repetition to right over left."""


@dataclass(frozen=True, slots=True)
class TrueEffort:
    """What the simulated person does in one repetition: the answer that a measurement should find.

    ``start_s`` is the start of the movement; ``truth`` holds its values by the names of the metrics, of ``limb``;
    ``height_m`` None where nobody jumps; ``right_over_left`` None for one limb alone.
    """

    start_s: float
    limb: Limb
    peak_n: float
    height_m: float | None = None
    right_over_left: float | None = None
    truth: Mapping[str, float] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Stage:
    """Force of each limb over true time, and the truth of the n-th repetition (from 0)."""

    worlds: dict[Limb, World]
    effort: Callable[[int], TrueEffort] | None = None


def _true(act: Act, start_s: float, limb: Limb, ratio: float | None) -> TrueEffort:
    truth = act.truth
    peak_n = next((truth[name] for name in ("peak_force", "peak_contact_force", "landing_peak_force") if name in truth), 0.0)
    return TrueEffort(start_s, limb, peak_n, truth.get("jump_height_impulse_momentum"), ratio, truth)


# --- stages ---------------------------------------------------------------------------------------------------------


def on_both_legs(draw: Draw, ratio: Ratio, *, rest_s: float, seed: int) -> Stage:
    """On, still, a repetition, a pause standing; off after every third."""
    longest_s = max(draw(n, Limb.BOTH).duration_s for n in range(_N_IN_BLOCK))
    cycle_s = rest_s + STILL_S + longest_s + _AFTER_S
    first_s = EMPTY_S + STEP_S + STILL_S
    block_s = first_s + _N_IN_BLOCK * cycle_s

    def build(block: int, limb: Limb) -> Timeline:
        parts: list[tuple[float, Part]] = [(0.0, empty), (EMPTY_S, step_on(limb)), (EMPTY_S + STEP_S, stand(limb))]
        for k in range(_N_IN_BLOCK):
            n = block * _N_IN_BLOCK + k
            act, start_s = draw(n, Limb.BOTH), first_s + k * cycle_s
            parts += [(start_s, shared(act, limb, ratio=ratio(n))), (start_s + act.duration_s, stand(limb))]
        off_s = block_s - EMPTY_S - STEP_S
        parts += [(off_s, step_off(limb)), (off_s + STEP_S, empty)]
        return timeline(parts)

    def effort(n: int) -> TrueEffort:
        start_s = n // _N_IN_BLOCK * block_s + first_s + n % _N_IN_BLOCK * cycle_s
        return _true(draw(n, Limb.BOTH), start_s, Limb.BOTH, ratio(n))

    return Stage(noisy_worlds(build, block_s, seed=seed, noise_n=PLATE_NOISE_N), effort)


def on_one_leg(draw: Draw, *, rest_s: float, seed: int, first_side: Limb) -> Stage:
    """Both feet down between the repetitions, one up for each; the sides alternate."""
    order = (first_side, first_side.other)
    longest_s = max(draw(n, order[n % 2]).duration_s for n in range(2 * _N_IN_BLOCK))
    cycle_s = rest_s + STILL_S + longest_s + 4 * LIFT_S
    first_s = EMPTY_S + STEP_S + LIFT_S + STILL_S
    block_s = 2 * cycle_s

    def build(block: int, limb: Limb) -> Timeline:
        opening = [(0.0, empty), (EMPTY_S, step_on(limb))] if block == 0 else []
        parts: list[tuple[float, Part]] = [*opening, (EMPTY_S + STEP_S if block == 0 else 0.0, stand(limb))]
        for k in range(2):
            act, start_s = draw(2 * block + k, order[k]), first_s + k * cycle_s
            landed_s = start_s + act.duration_s
            is_free = order[k] is not limb
            parts += [
                (start_s - STILL_S - LIFT_S, lift(limb, is_free=is_free)),
                (start_s - STILL_S, empty if is_free else stand_on_one),
                (start_s, empty if is_free else alone(act)),
                (landed_s, empty if is_free else stand_on_one),
                (landed_s + LIFT_S, put_down(limb, is_free=is_free)),
                (landed_s + 2 * LIFT_S, stand(limb)),
            ]
        return timeline(parts)

    def effort(n: int) -> TrueEffort:
        limb = order[n % 2]
        return _true(draw(n, limb), n // 2 * block_s + first_s + n % 2 * cycle_s, limb, None)

    return Stage(noisy_worlds(build, block_s, seed=seed, noise_n=PLATE_NOISE_N), effort)


def from_a_box(draw: Draw, ratio: Ratio | None, *, rest_s: float, seed: int, first_side: Limb) -> Stage:
    """Down on empty plates, a stand, a step off; with ``ratio`` on both legs, without it on one after the other."""
    order = (Limb.BOTH, Limb.BOTH) if ratio else (first_side, first_side.other)
    longest_s = max(draw(n, order[n % 2]).duration_s for n in range(2))
    first_s = EMPTY_S + 1.0
    cycle_s = longest_s + STILL_S + STEP_S + max(rest_s, EMPTY_S)
    block_s = 2 * cycle_s

    def build(block: int, limb: Limb) -> Timeline:
        parts: list[tuple[float, Part]] = [(0.0, empty)]
        for k in range(2):
            n, start_s = 2 * block + k, first_s + k * cycle_s
            act = draw(n, order[k])
            down_s = start_s + act.duration_s
            if ratio:
                parts += [
                    (start_s, shared(act, limb, ratio=ratio(n))),
                    (down_s, stand(limb)),
                    (down_s + STILL_S, step_off(limb)),
                ]
            elif order[k] is limb:
                parts += [(start_s, alone(act)), (down_s, stand_on_one), (down_s + STILL_S, leave)]
            parts.append((down_s + STILL_S + STEP_S, empty))
        return timeline(parts)

    def effort(n: int) -> TrueEffort:
        limb = order[n % 2]
        start_s = n // 2 * block_s + first_s + n % 2 * cycle_s
        return _true(draw(n, limb), start_s, limb, ratio(n) if ratio else None)

    return Stage(noisy_worlds(build, block_s, seed=seed, noise_n=PLATE_NOISE_N), effort)


def on_cells(draw: Draw, ratio: Ratio | None, *, rest_s: float, seed: int, first_side: Limb) -> Stage:
    """Two dynamometers; with ``ratio`` both at once, without it one after the other."""
    order = (Limb.BOTH, Limb.BOTH) if ratio else (first_side, first_side.other)
    cycle_s = max(draw(n, order[n % 2]).duration_s for n in range(2)) + rest_s
    first_s = min(7.0, rest_s)  # a later one would be cut by the end of its block
    block_s = 2 * cycle_s

    def build(block: int, limb: Limb) -> Timeline:
        parts: list[tuple[float, Part]] = [(0.0, empty)]
        for k in range(2):
            n, start_s = 2 * block + k, first_s + k * cycle_s
            if order[k] not in {limb, Limb.BOTH}:
                continue
            act = draw(n, order[k])
            share = 1.0
            if ratio:
                share = ratio(n) / (1 + ratio(n)) if limb is Limb.RIGHT else 1 / (1 + ratio(n))
            parts += [(start_s, _times(act, share)), (start_s + act.duration_s, empty)]
        return timeline(parts)

    def effort(n: int) -> TrueEffort:
        limb = order[n % 2]
        start_s = n // 2 * block_s + first_s + n % 2 * cycle_s
        return _true(draw(n, limb), start_s, limb, ratio(n) if ratio else None)

    return Stage(noisy_worlds(build, block_s, seed=seed, noise_n=CELL_NOISE_N), effort)


def _times(act: Act, share: float) -> Part:
    return lambda u_s, _: share * act.force_n(u_s)


def quiet(seed: int) -> Stage:
    """On, and standing for ever."""

    def build(_: int, limb: Limb) -> Timeline:
        return timeline([(0.0, empty), (EMPTY_S, step_on(limb)), (EMPTY_S + STEP_S, stand(limb))])

    return Stage(noisy_worlds(build, math.inf, seed=seed, noise_n=PLATE_NOISE_N))


# --- time -----------------------------------------------------------------------------------------------------------


def noisy_worlds(build: Callable[[int, Limb], Timeline], block_s: float, *, seed: int, noise_n: float) -> dict[Limb, World]:
    """Each limb's blocks of time with the noise of its instrument, and their sum."""
    worlds = {limb: _noisy(_blocks(build, block_s, limb=limb), noise_n, seed=seed, limb=limb) for limb in SIDES}
    left, right = worlds[Limb.LEFT], worlds[Limb.RIGHT]
    return {**worlds, Limb.BOTH: lambda t_s: left(t_s) + right(t_s)}


def _blocks(build: Callable[[int, Limb], Timeline], block_s: float, *, limb: Limb) -> World:
    """Block after block, each built when it is first needed; before t = 0 nobody is there."""

    @lru_cache(maxsize=4)
    def built(block: int) -> Timeline:
        return build(block, limb) if block >= 0 else timeline([(-math.inf, empty)])

    def one(block: int, t_s: Floats) -> Floats:
        start_s = block * block_s if block else 0.0
        return built(block).force_n(t_s - start_s, t_s)

    def world(t_s: Floats) -> Floats:
        if not len(t_s):
            return np.zeros(0)
        first, last = (max(-1, math.floor(float(t) / block_s)) for t in (t_s[0], t_s[-1]))
        if first == last:
            return one(first, t_s)
        block = np.maximum(np.floor(t_s / block_s), -1).astype(np.int64)
        return np.concatenate([one(int(k), t_s[block == k]) for k in range(first, last + 1)])

    return world


def _noisy(world: World, noise_n: float, *, seed: int, limb: Limb) -> World:
    """White noise of the instrument, drawn once and looked up by time, so that it is a function of time too."""
    table = np.random.default_rng([seed, *limb.encode()]).normal(0.0, noise_n, size=65_521)

    def noisy(t_s: Floats) -> Floats:
        found: Floats = world(t_s) + table[np.rint(t_s * _NOISE_HZ).astype(np.int64) % len(table)]
        return found

    return noisy
