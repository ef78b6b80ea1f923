"""Phases of a jump to their net impulses, held against the change of momentum; heights held against each other."""

from __future__ import annotations

from daq.metrics.jump.events import Jump, Net, Phase
from daq.metrics.uncertainty import combined

MOMENTUM_SHARE, MOMENTUM_N_S = 0.01, 0.5
LARGEST_RELATIVE_U = 0.5


def momentum_agrees(impulse_n_s: float, momentum_n_s: float) -> bool:
    """An impulse and the change of momentum it made differ by at most 1 % or 0.5 N s.

    >>> momentum_agrees(165.0, 165.6), momentum_agrees(165.0, 170.0)
    (True, False)
    """
    return abs(impulse_n_s - momentum_n_s) <= max(MOMENTUM_SHARE * abs(momentum_n_s), MOMENTUM_N_S)


def find_momentum(jump: Jump) -> None:
    """Net impulses of the phases and both heights; a contradiction is told of the whole trial."""
    is_known = "velocity" not in jump.missing
    push, weight_n, mass_kg = jump.pushes[jump.main], jump.weighing.weight_n, jump.mass_kg
    for phase, change_m_per_s in _changes(jump, is_known=is_known):
        net = push.impulse_between(phase.start_s, phase.stop_s) - weight_n * phase.length_s
        agrees = momentum_agrees(net, mass_kg * change_m_per_s)
        if not agrees:
            jump.tell("momentum_check_failed")
        jump.nets[phase.name] = Net(phase, net, agrees)
    if is_known:
        _judge_height(jump)


def _changes(jump: Jump, *, is_known: bool) -> list[tuple[Phase, float]]:
    """Phases and how much the velocity changes in each."""
    moved, start, takeoff = jump.moved, jump.start, jump.flight.takeoff
    v_start, v_to = float(moved.v_m_per_s[0]), moved.takeoff_velocity
    made: list[tuple[Phase, float]] = []
    if jump.has("braking"):
        low, up = moved.min_velocity, jump.turning_m_per_s
        made += [(jump.unweighting, low - v_start), (jump.braking, up - low)]
        if is_known:
            made += [(jump.propulsion, v_to - up), (Phase.of("positive", jump.braking.start, takeoff), v_to - low)]
    elif is_known and jump.has("propulsion"):
        made.append((jump.propulsion, v_to - v_start))
    if is_known:
        made.append((Phase.of("total", start, takeoff), v_to - v_start))
    return made


def _judge_height(jump: Jump) -> None:
    """What every height from the take-off velocity has to say.

    A height with a standard uncertainty above half of itself says nothing; the largest contribution names the reason.
    """
    takeoff, v = jump.flight.takeoff, jump.takeoff_m_per_s
    of_v = jump.velocity_parts(v, takeoff.t_s - jump.start.t_s, u_event_s=takeoff.u_s or 0.0)
    parts = {name: v / jump.gravity * u for name, u in of_v.items()}
    codes = jump.rate_codes
    if combined(parts) > LARGEST_RELATIVE_U * jump.height_m:
        largest = max(parts, key=lambda name: parts[name])
        codes = (*codes, "weighing_not_quiet" if largest in {"weight", "start"} else "noise_high")
    if jump.has("air_s"):
        difference = jump.gravity * jump.air_s**2 / 8.0 - jump.height_m
        if abs(difference) > jump.limit("disagree_m"):
            jump.tell("height_methods_disagree")
            codes = (*codes, "height_methods_disagree")
    jump.takeoff_parts, jump.height_parts, jump.height_codes = of_v, parts, codes
