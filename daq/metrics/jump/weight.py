"""Quiet standing before a jump to weight, mass and how the weight was shared."""

from __future__ import annotations

from daq.block import SIDES, Limb
from daq.metrics.catalogue import ALL, SIDE, TOTAL, Number, metric
from daq.metrics.jump.events import Jump
from daq.metrics.samples import mean_and_sd
from daq.metrics.uncertainty import mean_force
from daq.metrics.value import Better, Params

_NEUTRAL = Better.NEUTRAL


@metric("N", _NEUTRAL, TOTAL)
def system_weight(jump: Jump, limb: Limb) -> Number:
    """Mean force in the weighing window with everything that the person carries, N.

    References
    ----------
    Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(system_weight(cosine_jump(), Limb.BOTH).value, 3)  # nothing is carried
    686.465
    """
    w, budget = jump.weighing, jump.budgets[limb]
    of_plate = budget.scaled(w.weight_n) if w.is_own else {}
    return Number(w.weight_n, w.method, {**of_plate, "noise and sway": w.u_weight_n}, _params(jump), w.reasons)


def _params(jump: Jump) -> Params:
    w = jump.weighing
    return {"start_s": w.start_s, "stop_s": w.stop_s, "gravity": jump.gravity}


@metric("N", _NEUTRAL, TOTAL)
def body_weight(jump: Jump, limb: Limb) -> Number:
    """Mean force in the weighing window, N.

    Notes
    -----
    ``weigh.lowest_sd_1s``: of all 1 s windows on the loaded stretch that start at most 4 s before take-off and end at least
    0.3 s before it, the one with the lowest SD.

    References
    ----------
    Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(body_weight(cosine_jump(), Limb.BOTH).value, 3)  # 70 kg at 9.80665 m/s2
    686.465
    """
    made = system_weight(jump, limb)
    load_n = made.value - jump.body_mass_kg * jump.gravity
    return made._replace(value=made.value - load_n, params={**made.params, "load_n": load_n}) if load_n else made


@metric("kg", _NEUTRAL, TOTAL)
def body_mass(jump: Jump, limb: Limb) -> Number:
    """Body weight over gravity, kg.

    References
    ----------
    Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(body_mass(cosine_jump(), Limb.BOTH).value, 4)
    70.0
    """
    weight, g = body_weight(jump, limb), jump.gravity
    parts = None if weight.parts is None else {name: u / g for name, u in weight.parts.items()}
    return Number(weight.value / g, weight.method, parts, weight.params, weight.reasons)


@metric("N", _NEUTRAL, ALL)
def weighing_sd(jump: Jump, limb: Limb) -> Number:
    """Sample SD of the force in the weighing window, N.

    References
    ----------
    Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> weighing_sd(cosine_jump(), Limb.BOTH).value < 0.01  # nothing moves before the jump
    True
    """
    w, trace = jump.weighing, jump.trace_of(limb)
    if limb is jump.main:
        sd = w.sd_n
    else:
        part = trace.force_n[trace.slice(*w.span_s)]
        sd = mean_and_sd(part)[1] if len(part) > 1 else float("nan")
    return Number(sd, w.method, None, {**_params(jump), "noise_n": jump.noise_of(limb)})


@metric("percent", _NEUTRAL, SIDE)
def weight_share(jump: Jump, limb: Limb) -> Number:
    """Share of the weight that one side carries in the weighing window, percent.

    References
    ----------
    Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(weight_share(cosine_jump(), Limb.LEFT).value, 6)  # the left plate carries 0.45 of everything
    45.0
    """
    w = jump.weighing
    jump.need_sides()
    total, parts = sum(jump.shares.values()), dict[str, float]()
    own = [jump.budgets[side] for side in SIDES]
    same = own[0].reference == own[1].reference != ""
    for side, budget in zip(SIDES, own, strict=True):
        rest = 100.0 * jump.shares[side.other] / total**2
        force = mean_force(budget, jump.shares[side], noise_n=jump.noise_of(side), n=jump.trace.n_in(w.stop_s - w.start_s) + 1)
        force["reference"] = 0.0 if same else force["reference"]
        parts |= {f"{name} {side.value}": rest * u for name, u in force.items()}
    return Number(100.0 * jump.shares[limb] / total, w.method, parts, _params(jump))
