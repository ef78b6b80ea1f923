"""The name of a scenario to what each limb presses or pulls over time: a person who does the test again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from daq.assessments.model import Assessment, Kind, Sides
from daq.block import SIDES, Limb
from daq.errors import UsageError
from daq.simulate import acts, pulls, stages, sway
from daq.simulate.far_end import World
from daq.simulate.person import Jump, Squeeze, jump_of_height
from daq.simulate.stages import Draw, Ratio, Stage, TrueEffort
from daq.simulate.standing import MASS_KG, WEIGHT_N

__all__ = ["MASS_KG", "Scenario", "TrueEffort", "default_scenario", "entered_for", "scenario_for", "scenario_names"]

_BOX_M, _LOW_BOX_M = 0.30, 0.15
_STRONGEST_N = {Limb.LEFT: 405.0, Limb.RIGHT: 440.0, Limb.BOTH: 845.0}
_PLATE_REST_S = 3.0
_CELL_REST_S = 6.0
_TWO_LEGS = Jump(mass_kg=MASS_KG)
_ONE_LEG = Jump(mass_kg=MASS_KG, dip_m_per_s2=3.0, unweighting_s=0.45, braking_s=0.20, release_s=0.12, landing_s=0.40)
_WEAKER = 0.92
_N_HOPS = 10


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the person is asked for: pause between the repetitions, who begins, how long and how often, and the seed."""

    rest_s: float
    first_side: Limb = Limb.LEFT
    seed: int = 0
    duration_s: float = 30.0
    work_s: float = 7.0
    pause_s: float = 3.0
    count: int = 0
    hold_s: float = 30.0

    def rng(self, n: int, code: int) -> np.random.Generator:
        """Chance of the n-th repetition."""
        return np.random.default_rng([self.seed, n, code])


@dataclass(frozen=True, slots=True)
class Scenario:
    """A person for ever: force of each limb over true time, and the truth of the n-th repetition (from 0).

    ``cells`` are the forces on the corners of each plate, (n, 4), where the centre of pressure matters.
    """

    name: str
    worlds: dict[Limb, World]
    effort: Callable[[int], TrueEffort] | None = None
    cells: dict[Limb, World] = field(default_factory=dict)


_ON_PLATES = {
    Kind.JUMP: ("plates", "one_leg"),
    Kind.SQUAT_JUMP: ("squat_jump", "one_leg_squat_jump"),
    Kind.DROP_JUMP: ("drop_jump", "one_leg_drop_jump"),
    Kind.HOPS: ("hops", "one_leg_hops"),
    Kind.LANDING: ("landing", "one_leg_landing"),
    Kind.PULL: ("plate_pull", "one_leg_plate_pull"),
    Kind.STANCE: ("stance", "one_leg_stance"),
}
_ON_CELLS = {
    Kind.PULL: ("pull_together", "grip"),
    Kind.REPETITIONS: ("repetitions_together", "repetitions"),
    Kind.CONTRACTIONS: ("contractions_together", "contractions"),
    Kind.HOLD: ("sustained_together", "sustained"),
}
REBOUND = ("rebound", "one_leg_rebound")


def default_scenario(assessment: Assessment) -> str:
    """The scenario that does this test."""
    kind, alternates = assessment.kind, assessment.sides is Sides.ALTERNATE
    if kind is Kind.DROP_JUMP and assessment.is_weighed:
        return REBOUND[alternates]
    by_kind = _ON_PLATES if assessment.is_on_plate and kind in _ON_PLATES else _ON_CELLS
    return by_kind.get(kind, _ON_PLATES.get(kind, ("plates", "one_leg")))[alternates]


def entered_for(assessment: Assessment) -> dict[str, float]:
    """What would be typed in for this person in this test."""
    known = {
        "lever_arm_m": 0.33,
        "box_height_m": _LOW_BOX_M if assessment.sides is Sides.ALTERNATE else _BOX_M,
        **{f"peak_force_n.{limb}": _STRONGEST_N[limb] for limb in SIDES},
    }
    return {name: value for name, value in known.items() if name.partition(".")[0] in assessment.enter}


def scenario_names() -> list[str]:
    """Scenarios that ``scenario_for`` knows."""
    return list(_scenarios())


def scenario_for(
    name: str,
    *,
    rest_s: float | None = None,
    first_side: Limb = Limb.LEFT,
    seed: int = 0,
    assessment: Assessment | None = None,
) -> Scenario:
    """The scenario called ``name``; ``seed`` varies the repetitions.

    ``rest_s`` lies between two repetitions, beside the 3.5 s that the person stands still before a jump; None = 3 s
    on plates and 6 s on dynamometers. ``assessment`` says how long and how often, where that matters.

    Raises
    ------
    UsageError
        No scenario has that name.
    """
    make = _scenarios().get(name)
    if make is None:
        raise UsageError(f"There is no scenario called {name!r}; there are: {', '.join(scenario_names())}.")
    is_on_cells = any(name in names for names in _ON_CELLS.values())
    wanted = Wanted(_CELL_REST_S if is_on_cells else _PLATE_REST_S, first_side, seed)
    if rest_s is not None:
        wanted = replace(wanted, rest_s=rest_s)
    if assessment is not None:
        pace = assessment.pace
        wanted = replace(
            wanted, duration_s=assessment.detection.duration_s, work_s=pace.work_s or wanted.work_s,
            pause_s=pace.rest_s or wanted.pause_s, count=pace.count, hold_s=assessment.gates.get("hold_s", wanted.hold_s),
        )  # fmt: skip
    made = make(wanted)
    stage, cells = made if isinstance(made, tuple) else (made, {})
    return Scenario(name, stage.worlds, stage.effort, cells)


# --- what each does -------------------------------------------------------------------------------------------------


def _scenarios() -> dict[str, Callable[[Wanted], Stage | tuple[Stage, dict[Limb, World]]]]:
    return {
        "plates": lambda w: _standing(w, _cmj, 1),
        "one_leg": lambda w: _on_one(w, _cmj, 2),
        "grip": lambda w: _pulling(w, _squeeze, 3),
        "quiet": lambda w: stages.quiet(w.seed),
        "squat_jump": lambda w: _standing(w, _squat_jump, 4),
        "one_leg_squat_jump": lambda w: _on_one(w, _squat_jump, 4),
        "drop_jump": lambda w: _dropping(w, _drop_jump, 5, on_both=True),
        "one_leg_drop_jump": lambda w: _dropping(w, _drop_jump, 5, on_both=False),
        "rebound": lambda w: _standing(w, _rebound, 6),
        "one_leg_rebound": lambda w: _on_one(w, _rebound, 6),
        "hops": lambda w: _standing(w, _hops, 7),
        "one_leg_hops": lambda w: _on_one(w, _hops, 7),
        "landing": lambda w: _dropping(w, _landing, 8, on_both=True),
        "one_leg_landing": lambda w: _dropping(w, _landing, 8, on_both=False),
        "plate_pull": lambda w: _standing(w, _plate_pull, 9),
        "one_leg_plate_pull": lambda w: _on_one(w, _plate_pull, 9),
        "pull_together": lambda w: _pulling(w, _lengthening, 10, on_both=True),
        "repetitions": lambda w: _pulling(w, _repetitions, 11),
        "repetitions_together": lambda w: _pulling(w, _lengthenings, 11, on_both=True),
        "contractions": lambda w: _pulling(w, _contractions, 12),
        "contractions_together": lambda w: _pulling(w, _contractions, 12, on_both=True),
        "sustained": lambda w: _pulling(w, _hold, 13),
        "sustained_together": lambda w: _pulling(w, _hold, 13, on_both=True),
        "stance": lambda w: _still(w, on_both=True),
        "one_leg_stance": lambda w: _still(w, on_both=False),
    }


_Make = Callable[[Wanted, np.random.Generator, Limb], acts.Act]


def _draw(w: Wanted, make: _Make, code: int) -> Draw:
    return lambda n, limb: make(w, w.rng(n, code), limb)


def _ratio(w: Wanted, code: int) -> Ratio:
    """The right side carries a little more, a little differently each time."""
    return lambda n: float(w.rng(n, 100 + code).uniform(1.03, 1.06))


def _standing(w: Wanted, make: _Make, code: int) -> Stage:
    return stages.on_both_legs(_draw(w, make, code), _ratio(w, code), rest_s=w.rest_s, seed=w.seed)


def _on_one(w: Wanted, make: _Make, code: int) -> Stage:
    def draw(n: int, limb: Limb) -> acts.Act:
        return make(w, w.rng(n // 2, code), limb)

    return stages.on_one_leg(draw, rest_s=w.rest_s, seed=w.seed, first_side=w.first_side)


def _dropping(w: Wanted, make: _Make, code: int, *, on_both: bool) -> Stage:
    ratio = _ratio(w, code) if on_both else None
    return stages.from_a_box(_draw(w, make, code), ratio, rest_s=w.rest_s, seed=w.seed, first_side=w.first_side)


def _pulling(w: Wanted, make: _Make, code: int, *, on_both: bool = False) -> Stage:
    ratio = _ratio(w, code) if on_both else None
    return stages.on_cells(_draw(w, make, code), ratio, rest_s=w.rest_s, seed=w.seed, first_side=w.first_side)


def _still(w: Wanted, *, on_both: bool) -> tuple[Stage, dict[Limb, World]]:
    def draw(n: int, limb: Limb) -> sway.Sway:
        rng = w.rng(n, 14)
        if on_both:
            return sway.Sway(float(rng.uniform(0.004, 0.006)), float(rng.uniform(1.03, 1.06)))
        return sway.Sway(float(rng.uniform(0.006, 0.007)) / (_WEAKER if limb is Limb.LEFT else 1.0))

    return sway.standing_still(
        draw, duration_s=w.duration_s, on_both=on_both, rest_s=w.rest_s, seed=w.seed, first_side=w.first_side
    )


def _side(limb: Limb, value: float) -> float:
    """The left side is the weaker one."""
    return _WEAKER * value if limb is Limb.LEFT else value


def _cmj(_: Wanted, rng: np.random.Generator, limb: Limb) -> acts.Act:
    if limb is Limb.BOTH:
        return acts.CmjAct(jump_of_height(float(rng.uniform(0.30, 0.36)), _TWO_LEGS))
    return acts.CmjAct(jump_of_height(_side(limb, float(rng.uniform(0.140, 0.175))), _ONE_LEG))


def _squat_jump(_: Wanted, rng: np.random.Generator, limb: Limb) -> acts.Act:
    push = float(rng.uniform(9.5, 10.5))
    if limb is Limb.BOTH:
        return acts.SquatJump(MASS_KG, push)
    return acts.SquatJump(MASS_KG, _side(limb, push), push_s=0.18, plateau_s=0.04)


def _drop_jump(_: Wanted, rng: np.random.Generator, limb: Limb) -> acts.Act:
    contact_s = float(rng.uniform(0.20, 0.24))
    if limb is Limb.BOTH:
        return acts.DropJump(MASS_KG, _BOX_M, contact_s, float(rng.uniform(0.24, 0.28)))
    return acts.DropJump(MASS_KG, _LOW_BOX_M, 1.4 * contact_s, _side(limb, float(rng.uniform(0.11, 0.13))))


def _landing(_: Wanted, rng: np.random.Generator, limb: Limb) -> acts.Act:
    landing_s = float(rng.uniform(0.27, 0.33))
    if limb is Limb.BOTH:
        return acts.DropLanding(MASS_KG, _BOX_M, landing_s)
    return acts.DropLanding(MASS_KG, _LOW_BOX_M, landing_s / _side(limb, 1.0))


def _series(rng: np.random.Generator, limb: Limb, count: int) -> acts.Act:
    """A jump and ``count`` hops."""
    if limb is Limb.BOTH:
        first = jump_of_height(0.25, _TWO_LEGS)
        contacts_s, heights_m = rng.uniform(0.17, 0.21, count), rng.uniform(0.24, 0.30, count)
    else:
        first = jump_of_height(_side(limb, 0.12), _ONE_LEG)
        contacts_s, heights_m = rng.uniform(0.24, 0.28, count), _side(limb, 1.0) * rng.uniform(0.09, 0.12, count)
    return acts.Hops(first, tuple(contacts_s.tolist()), tuple(heights_m.tolist()))


def _hops(w: Wanted, rng: np.random.Generator, limb: Limb) -> acts.Act:
    return _series(rng, limb, w.count or _N_HOPS)


def _rebound(_: Wanted, rng: np.random.Generator, limb: Limb) -> acts.Act:
    return _series(rng, limb, 1)


def _plate_pull(_: Wanted, rng: np.random.Generator, limb: Limb) -> acts.Act:
    top_n = float(rng.uniform(1500, 1700)) * (1.0 if limb is Limb.BOTH else _side(limb, 0.6))
    return pulls.Pull(Squeeze(top_n, rise_tau_s=float(rng.uniform(0.10, 0.14)), tremor_share=0.002), WEIGHT_N)


def _squeeze(_: Wanted, rng: np.random.Generator, limb: Limb) -> acts.Act:
    force_n = rng.uniform(380, 425) if limb is Limb.LEFT else rng.uniform(415, 460)
    return pulls.Pull(Squeeze(force_n=float(force_n), rise_tau_s=float(rng.uniform(0.10, 0.14))))


def _lengthening(_: Wanted, rng: np.random.Generator, __: Limb) -> acts.Act:
    return pulls.Lengthening(float(rng.uniform(640, 700)))


def _lengthenings(w: Wanted, rng: np.random.Generator, _: Limb) -> acts.Act:
    tops_n = np.sort(rng.uniform(620, 700, w.count or 3))[::-1]
    return pulls.Lengthenings(tuple(pulls.Lengthening(float(top_n)) for top_n in tops_n))


def _repetitions(w: Wanted, rng: np.random.Generator, limb: Limb) -> acts.Act:
    top_n = _side(limb, float(rng.uniform(420, 460)))
    return pulls.Contractions(top_n, 0.6 * top_n, w.count or 12, w.work_s, w.pause_s, q=0.9)


def _contractions(w: Wanted, rng: np.random.Generator, limb: Limb) -> acts.Act:
    top_n = _side(limb, float(rng.uniform(420, 460)))
    return pulls.Contractions(top_n, 0.45 * top_n, w.count or 24, w.work_s, w.pause_s)


def _hold(w: Wanted, rng: np.random.Generator, limb: Limb) -> acts.Act:
    """All out for the wanted time; without one, at a target of 60 % with 8 % to spare until it fails."""
    if not w.hold_s:
        target_n = 0.6 * _STRONGEST_N[limb]
        return pulls.Hold(1.08 * target_n, _side(limb, float(rng.uniform(35.0, 45.0))), wanted_s=0.0)
    top_n = _side(limb, float(rng.uniform(420, 460)))
    return pulls.Hold(top_n, w.hold_s + 1.5, rate_per_s=float(rng.uniform(0.012, 0.018)), wanted_s=w.hold_s)
