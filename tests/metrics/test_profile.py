"""The force-velocity line against least squares in matrices, and its limits just inside and just outside."""

import math

import numpy as np
import pytest

from daq.block import Limb
from daq.metrics.profile import Point, force_velocity, line_of
from daq.metrics.trial import TrialResult
from daq.metrics.value import Status, Value

V = (1.0, 2.0, 3.0)
G = 9.80665


def points(forces, velocities=V):
    return [Point(v, f, 10.0 * i) for i, (v, f) in enumerate(zip(velocities, forces, strict=True))]


def trial(v, force_per_kg, load_kg, mass_kg=70.0):
    params = {"gravity": G} if load_kg is None else {"gravity": G, "load_n": load_kg * G}
    values = (
        Value("mean_propulsion_velocity", Limb.BOTH, v, "m/s", ""),
        Value("mean_propulsion_force", Limb.BOTH, force_per_kg * mass_kg, "N", ""),
        Value("body_mass", Limb.BOTH, mass_kg, "kg", ""),
        Value("body_weight", Limb.BOTH, mass_kg * G, "N", "", params=params),
    )
    return TrialResult(Limb.BOTH, Status.OK, (), {}, values)


def profile(forces, velocities=V, loads=(None, 20.0, 40.0)):
    made = [trial(*row) for row in zip(velocities, forces, loads, strict=True)]
    return {v.name: v for v in force_velocity(made, Limb.BOTH)}


def bent(r2, slope=-10.0):
    """Forces off the line by (d, -2 d, d), of which the line explains this share: ``2 slope^2/(2 slope^2 + 6 d^2)``."""
    d = math.sqrt(2.0 * slope**2 * (1.0 / r2 - 1.0) / 6.0)
    return [40.0 + slope * v + d * sign for v, sign in zip(V, (1.0, -2.0, 1.0), strict=True)]


@pytest.mark.parametrize(("r2", "reasons"), [(0.905, ()), (0.895, ("profile_not_linear",))])
def test_a_line_that_explains_less_than_nine_tenths_warns(r2, reasons):
    found = profile(bent(r2))["fv_f0"]

    assert found.params["r2"] == pytest.approx(r2)
    assert found.reasons == reasons
    assert found.value is not None


@pytest.mark.parametrize("forces", [bent(0.95), bent(0.99), bent(0.92, slope=-4.0)])
def test_what_is_uncertain_is_what_the_covariance_of_the_line_makes_of_it(forces):
    x = np.column_stack((np.ones(3), V))
    (f0, slope), rest, *_ = np.linalg.lstsq(x, np.array(forces), rcond=None)
    covariance = float(rest[0]) / 1 * np.linalg.inv(x.T @ x)
    rules = {
        "fv_f0": lambda a, _: a,
        "fv_slope": lambda _, b: b,
        "fv_v0": lambda a, b: -a / b,
        "fv_pmax": lambda a, b: -a * a / b / 4,
    }
    found = profile(forces)
    for name, rule in rules.items():
        step = 1e-6
        by = np.array([
            (rule(f0 + step, slope) - rule(f0 - step, slope)) / (2 * step),
            (rule(f0, slope + step) - rule(f0, slope - step)) / (2 * step),
        ])  # fmt: skip
        assert found[name].value == pytest.approx(rule(f0, slope))
        assert found[name].u == pytest.approx(math.sqrt(by @ covariance @ by), rel=1e-6)
        assert found[name].nu_eff == 1.0


def test_two_points_make_a_line_without_a_scatter():
    line = line_of(points((30.0, 20.0), (1.0, 2.0)))

    assert (line.f0, line.slope, line.nu) == pytest.approx((40.0, -10.0, 0))
    assert math.isnan(line.u_f0)
    assert line_of(points((30.0,), (1.0,))) is None


@pytest.mark.parametrize(("slope", "r2"), [(0.0, 0.0), (-0.01, 1.0)])
def test_forces_that_do_not_change_have_nothing_to_explain(slope, r2):
    assert line_of(points([40.0 + slope * v for v in V])).r2 == pytest.approx(r2)


@pytest.mark.parametrize("v", [0.0, 1e-9, 1.0, 1e9])
def test_equal_velocities_have_no_line(v):
    assert line_of(points((30.0, 20.0, 10.0), (v, v, v))) is None


@pytest.mark.parametrize(
    ("forces", "velocities", "is_given"),
    [
        ((20.0, 20.5, 21.0), V, False),
        ((-11.0, -21.0, -31.0), V, False),
        ((0.4, 0.3, 0.2), (0.01, 0.02, 0.03), True),
    ],
)
def test_only_a_force_that_falls_with_velocity_from_above_zero_has_a_profile(forces, velocities, is_given):
    found = profile(forces, velocities)

    assert all((value.value is not None) is is_given for value in found.values())
    assert is_given or all(value.reasons == ("profile_not_linear",) for value in found.values())


@pytest.mark.parametrize(
    ("loads", "n_loads"), [((None, 1.0, 2.0), 3), ((20.0, 20.01, 20.02), 1), ((20.0, 20.1, 20.2), 3), ((None, 0.0, 40.0), 2)]
)
def test_loads_are_different_from_a_tenth_of_a_kilogram_on(loads, n_loads):
    found = profile((30.0, 20.0, 10.0), loads=loads)["fv_f0"]

    assert found.params["n_loads"] == n_loads
    assert (found.value is not None) is (n_loads >= 3)
