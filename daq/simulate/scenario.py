"""The name of a scenario to what each limb presses or pulls over time: a person who does the test again and again."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from daq.assessments.model import Assessment, Kind, Sides
from daq.block import SIDES, Limb
from daq.driver import Floats
from daq.errors import UsageError
from daq.simulate.far_end import World
from daq.simulate.person import Jump, Part, Squeeze, Timeline, eased, jump_of_height, timeline
from daq.units import STANDARD_GRAVITY_M_PER_S2 as G

MASS_KG = 74.0
_WEIGHT_N = MASS_KG * G
_JUMP_REST_S = 3.0
_GRIP_REST_S = 6.0
_EMPTY_S = 3.0
_STEP_S = 1.0
_STILL_S = 3.5
_N_IN_BLOCK = 3
_NOISE_N = 0.35
_GRIP_NOISE_N = 0.12
_NOISE_HZ = 10_000.0
_TWO_LEGS = Jump(mass_kg=MASS_KG)
_ONE_LEG = Jump(mass_kg=MASS_KG, dip_m_per_s2=3.0, unweighting_s=0.45, braking_s=0.20, release_s=0.12, landing_s=0.40)


@dataclass(frozen=True, slots=True)
class TrueEffort:
    """What the simulated person does in one repetition: the answer that a measurement should find.

    ``start_s`` is the start of the movement; ``height_m`` None for a squeeze; ``right_over_left`` None for one limb alone.
    """

    start_s: float
    limb: Limb
    peak_n: float
    height_m: float | None = None
    right_over_left: float | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """A person for ever: force of each limb over true time, and the truth of the n-th repetition (from 0)."""

    name: str
    worlds: dict[Limb, World]
    effort: Callable[[int], TrueEffort] | None = None


def scenario_names() -> list[str]:
    """Scenarios that ``scenario_for`` knows."""
    return ["plates", "one_leg", "grip", "quiet"]


def default_scenario(assessment: Assessment) -> str:
    """The scenario that does this test."""
    if assessment.kind is Kind.PULL:
        return "grip"
    return "one_leg" if assessment.sides is Sides.ALTERNATE else "plates"


def scenario_for(name: str, *, rest_s: float | None = None, first_side: Limb = Limb.LEFT, seed: int = 0) -> Scenario:
    """The scenario called ``name``; ``seed`` varies the repetitions.

    ``rest_s`` lies between two repetitions, beside the 3.5 s that the person stands still before a jump; None = 3 s
    between jumps and 6 s between squeezes.

    Raises
    ------
    UsageError
        No scenario has that name.
    """
    if name == "plates":
        return _plates(_JUMP_REST_S if rest_s is None else rest_s, seed=seed)
    if name == "one_leg":
        return _one_leg(_JUMP_REST_S if rest_s is None else rest_s, seed=seed, first_side=first_side)
    if name == "grip":
        return _grip(_GRIP_REST_S if rest_s is None else rest_s, seed=seed, first_side=first_side)
    if name == "quiet":
        return _quiet(seed)
    raise UsageError(f"There is no scenario called {name!r}; there are: {', '.join(scenario_names())}.")


# --- two plates, both legs ------------------------------------------------------------------------------------------


def _plates(rest_s: float, *, seed: int) -> Scenario:
    cycle_s = rest_s + _STILL_S + _TWO_LEGS.duration_s + 1.0
    first_s = _EMPTY_S + _STEP_S + _STILL_S
    block_s = first_s + _N_IN_BLOCK * cycle_s

    def draw(n: int) -> tuple[Jump, float]:
        rng = np.random.default_rng([seed, n, 1])
        return jump_of_height(float(rng.uniform(0.30, 0.36)), _TWO_LEGS), float(rng.uniform(1.03, 1.06))

    def build(block: int, limb: Limb) -> Timeline:
        parts: list[tuple[float, Part]] = [(0.0, _empty), (_EMPTY_S, _step_on(limb)), (_EMPTY_S + _STEP_S, _stand(limb))]
        for k in range(_N_IN_BLOCK):
            jump, ratio = draw(block * _N_IN_BLOCK + k)
            start_s = first_s + k * cycle_s
            parts += [(start_s, _jump_on_two(jump, limb, ratio=ratio)), (start_s + jump.duration_s, _stand(limb))]
        off_s = block_s - _EMPTY_S - _STEP_S
        parts += [(off_s, _step_off(limb)), (off_s + _STEP_S, _empty)]
        return timeline(parts)

    def effort(n: int) -> TrueEffort:
        jump, ratio = draw(n)
        start_s = n // _N_IN_BLOCK * block_s + first_s + n % _N_IN_BLOCK * cycle_s
        return TrueEffort(start_s, Limb.BOTH, jump.peak_force_n, height_m=jump.height_m, right_over_left=ratio)

    return Scenario("plates", _noisy_worlds(build, block_s, seed=seed, noise_n=_NOISE_N), effort)


def _empty(u_s: Floats, _: Floats) -> Floats:
    return np.zeros_like(u_s)


def _standing_n(t_s: Floats) -> Floats:
    """Total force of quiet standing: weight, breathing, heart beat."""
    return _WEIGHT_N + 0.7 * np.sin(2 * np.pi * 0.25 * t_s) + 1.1 * np.sin(2 * np.pi * 1.17 * t_s)


def _shifted_n(t_s: Floats) -> Floats:
    """What sways from the left foot to the right one."""
    return 8.0 + 3.5 * np.sin(2 * np.pi * 0.31 * t_s) + 1.5 * np.sin(2 * np.pi * 0.83 * t_s)


def _foot_n(t_s: Floats, limb: Limb) -> Floats:
    return _standing_n(t_s) / 2 + (_shifted_n(t_s) if limb is Limb.RIGHT else -_shifted_n(t_s))


def _stand(limb: Limb) -> Part:
    return lambda _, t_s: _foot_n(t_s, limb)


def _step_on(limb: Limb) -> Part:
    """The right foot first, which carries everything until the left one follows."""

    def left_n(u_s: Floats, t_s: Floats) -> Floats:
        return _foot_n(t_s, Limb.LEFT) * eased((u_s / _STEP_S - 0.45) / 0.55)

    def right_n(u_s: Floats, t_s: Floats) -> Floats:
        return _standing_n(t_s) * eased(u_s / _STEP_S / 0.45) - left_n(u_s, t_s)

    return left_n if limb is Limb.LEFT else right_n


def _step_off(limb: Limb) -> Part:
    on = _step_on(limb)
    return lambda u_s, t_s: on(_STEP_S - u_s, t_s)


def _jump_on_two(jump: Jump, limb: Limb, *, ratio: float) -> Part:
    """The share goes from that of standing to that of the jump while the body unweights, and back while it rises."""
    goal = ratio / (1 + ratio) if limb is Limb.RIGHT else 1 / (1 + ratio)
    back_s = jump.duration_s - jump.rise_s

    def part(u_s: Floats, t_s: Floats) -> Floats:
        standing = _foot_n(t_s, limb) / _standing_n(t_s)
        to_goal = eased(u_s / jump.unweighting_s) - eased((u_s - back_s) / jump.rise_s)
        return jump.force_n(u_s) * (standing + (goal - standing) * to_goal)

    return part


def _quiet(seed: int) -> Scenario:
    def build(_: int, limb: Limb) -> Timeline:
        return timeline([(0.0, _empty), (_EMPTY_S, _step_on(limb)), (_EMPTY_S + _STEP_S, _stand(limb))])

    return Scenario("quiet", _noisy_worlds(build, math.inf, seed=seed, noise_n=_NOISE_N))


# --- two plates, one leg --------------------------------------------------------------------------------------------

_LIFT_S = 0.5


def _one_leg(rest_s: float, *, seed: int, first_side: Limb) -> Scenario:
    cycle_s = rest_s + _STILL_S + _ONE_LEG.duration_s + 4 * _LIFT_S
    first_s = _EMPTY_S + _STEP_S + _LIFT_S + _STILL_S
    order = (first_side, first_side.other)
    block_s = 2 * cycle_s

    def draw(n: int) -> Jump:
        rng = np.random.default_rng([seed, n // 2, 2])
        height_m = float(rng.uniform(0.140, 0.175))
        return jump_of_height(height_m if order[n % 2] is Limb.RIGHT else 0.92 * height_m, _ONE_LEG)

    def build(block: int, limb: Limb) -> Timeline:
        opening = [(0.0, _empty), (_EMPTY_S, _step_on(limb))] if block == 0 else []
        parts: list[tuple[float, Part]] = [*opening, (_EMPTY_S + _STEP_S if block == 0 else 0.0, _stand(limb))]
        for k in range(2):
            jump, start_s = draw(2 * block + k), first_s + k * cycle_s
            landed_s = start_s + jump.duration_s
            is_free = order[k] is not limb
            parts += [
                (start_s - _STILL_S - _LIFT_S, _lift(limb, is_free=is_free)),
                (start_s - _STILL_S, _empty if is_free else _stand_on_one),
                (start_s, _empty if is_free else _jump_on_one(jump)),
                (landed_s, _empty if is_free else _stand_on_one),
                (landed_s + _LIFT_S, _put_down(limb, is_free=is_free)),
                (landed_s + 2 * _LIFT_S, _stand(limb)),
            ]
        return timeline(parts)

    def effort(n: int) -> TrueEffort:
        jump = draw(n)
        return TrueEffort(n // 2 * block_s + first_s + n % 2 * cycle_s, order[n % 2], jump.peak_force_n, height_m=jump.height_m)

    return Scenario("one_leg", _noisy_worlds(build, block_s, seed=seed, noise_n=_NOISE_N), effort)


def _stand_on_one(_: Floats, t_s: Floats) -> Floats:
    return _standing_n(t_s) + 1.5 * np.sin(2 * np.pi * 2.3 * t_s)


def _jump_on_one(jump: Jump) -> Part:
    return lambda u_s, _: jump.force_n(u_s)


def _lift(limb: Limb, *, is_free: bool) -> Part:
    """One foot leaves the ground; the other takes over what it carried."""

    def part(u_s: Floats, t_s: Floats) -> Floats:
        lifted = eased(u_s / _LIFT_S)
        goal_n = 0.0 if is_free else _stand_on_one(u_s, t_s)
        return _foot_n(t_s, limb) * (1 - lifted) + goal_n * lifted

    return part


def _put_down(limb: Limb, *, is_free: bool) -> Part:
    lift = _lift(limb, is_free=is_free)
    return lambda u_s, t_s: lift(_LIFT_S - u_s, t_s)


# --- two dynamometers -----------------------------------------------------------------------------------------------


def _grip(rest_s: float, *, seed: int, first_side: Limb) -> Scenario:
    first_s, order = min(7.0, rest_s), (first_side, first_side.other)  # a later one would be cut by the end of its block
    cycle_s = Squeeze(force_n=1.0).duration_s + rest_s
    block_s = 2 * cycle_s

    def draw(n: int) -> Squeeze:
        rng = np.random.default_rng([seed, n, 3])
        force_n = rng.uniform(380, 425) if order[n % 2] is Limb.LEFT else rng.uniform(415, 460)
        return Squeeze(force_n=float(force_n), rise_tau_s=float(rng.uniform(0.10, 0.14)))

    def build(block: int, limb: Limb) -> Timeline:
        parts: list[tuple[float, Part]] = [(0.0, _empty)]
        for k in range(2):
            if order[k] is limb:
                squeeze, start_s = draw(2 * block + k), first_s + k * cycle_s
                parts += [(start_s, _grips(squeeze)), (start_s + squeeze.duration_s, _empty)]
        return timeline(parts)

    def effort(n: int) -> TrueEffort:
        squeeze = draw(n)
        peak_n = float(np.max(squeeze.grip_n(np.arange(0, squeeze.duration_s, 1e-3))))
        return TrueEffort(n // 2 * block_s + first_s + n % 2 * cycle_s, order[n % 2], peak_n)

    return Scenario("grip", _noisy_worlds(build, block_s, seed=seed, noise_n=_GRIP_NOISE_N), effort)


def _grips(squeeze: Squeeze) -> Part:
    return lambda u_s, _: squeeze.grip_n(u_s)


# --- time -----------------------------------------------------------------------------------------------------------


def _noisy_worlds(build: Callable[[int, Limb], Timeline], block_s: float, *, seed: int, noise_n: float) -> dict[Limb, World]:
    worlds = {limb: _noisy(_blocks(build, block_s, limb=limb), noise_n, seed=seed, limb=limb) for limb in SIDES}
    left, right = worlds[Limb.LEFT], worlds[Limb.RIGHT]
    return {**worlds, Limb.BOTH: lambda t_s: left(t_s) + right(t_s)}


def _blocks(build: Callable[[int, Limb], Timeline], block_s: float, *, limb: Limb) -> World:
    """Block after block, each built when it is first needed; before t = 0 nobody is there."""

    @lru_cache(maxsize=4)
    def built(block: int) -> Timeline:
        return build(block, limb) if block >= 0 else timeline([(-math.inf, _empty)])

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
