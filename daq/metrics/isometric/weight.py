"""Quiet standing before a pull on plates to weight, mass and how the weight was shared."""

from __future__ import annotations

import math

from daq.block import SIDES, Limb
from daq.metrics.catalogue import ALL, SIDE, TOTAL, Number, metric
from daq.metrics.isometric.events import Pull
from daq.metrics.uncertainty import mean_force
from daq.metrics.value import Better, Params


def _params(pull: Pull) -> Params:
    weighing = pull.weighing
    return {"start_s": weighing.start_s, "stop_s": weighing.stop_s, "gravity": pull.gravity}


@metric("N", Better.NEUTRAL, TOTAL)
def body_weight(pull: Pull, limb: Limb) -> Number:
    """Mean total force in quiet standing before tension is taken up, N.

    Notes
    -----
    ``weigh.quiet_level_1s``: the stillest of the quiet 1 s windows at the lowest level between stepping on and the pull.

    References
    ----------
    Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.isometric.example import standing_pull
    >>> round(body_weight(standing_pull(), Limb.BOTH).value, 6)  # the 25 N of tension that follow are not in it
    800.0
    """
    weighing = pull.weighing
    parts = {**pull.budgets[limb].scaled(weighing.weight_n), "noise and sway": weighing.u_weight_n}
    return Number(weighing.weight_n, weighing.method, parts, _params(pull), weighing.reasons)


@metric("kg", Better.NEUTRAL, TOTAL)
def body_mass(pull: Pull, limb: Limb) -> Number:
    """Body weight over gravity, kg.

    References
    ----------
    Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.isometric.example import standing_pull
    >>> round(body_mass(standing_pull(), Limb.BOTH).value * 9.80665, 6)
    800.0
    """
    weight = body_weight(pull, limb)
    parts = {name: u / pull.gravity for name, u in (weight.parts or {}).items()}
    return Number(weight.value / pull.gravity, weight.method, parts, weight.params, weight.reasons)


@metric("N", Better.NEUTRAL, ALL)
def weighing_sd(pull: Pull, limb: Limb) -> Number:
    """Sample SD of the force in the weighing window, N.

    References
    ----------
    Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.isometric.example import standing_pull
    >>> weighing_sd(standing_pull(), Limb.LEFT).value < 1e-9
    True
    """
    return Number(pull.standing_of(limb)[1], pull.weighing.method, None, _params(pull))


@metric("percent", Better.NEUTRAL, SIDE)
def weight_share(pull: Pull, limb: Limb) -> Number:
    """Share of the weight that one side carries in the weighing window, percent.

    Notes
    -----
    A reference that both plates were calibrated against cancels.

    References
    ----------
    Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.isometric.example import standing_pull
    >>> round(weight_share(standing_pull(), Limb.LEFT).value, 6)
    45.0
    """
    stood = {side: pull.standing_of(side) for side in SIDES}
    total = sum(mean_n for mean_n, _, _ in stood.values())
    if total <= 0.0:
        return Number(math.nan, pull.weighing.method, reasons=("denominator_too_small",), is_void=True)
    own = [pull.budgets[side] for side in SIDES]
    same = own[0].reference == own[1].reference != ""
    parts: dict[str, float] = {}
    for side, budget in zip(SIDES, own, strict=True):
        mean_n, sd_n, n = stood[side]
        force = mean_force(budget, mean_n, noise_n=sd_n, n=n)
        force["reference"] = 0.0 if same else force["reference"]
        rest = 100.0 * stood[side.other][0] / total**2
        parts |= {f"{name} {side.value}": rest * u for name, u in force.items()}
    return Number(100.0 * stood[limb][0] / total, pull.weighing.method, parts, _params(pull))
