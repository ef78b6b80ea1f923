"""Each limit of drop jumps, hops and landings stands where the specification puts it: just inside and just outside."""

import math

import numpy as np
import pytest
from rebound_efforts import MASS_KG, WEIGHT_N, G, axis, one_leg, two_plates

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.metrics.rebound.example import V_OUT, drop_jump_n, half_sine, hops_n, soft_landing

AIR_S, V_IN = 2 * V_OUT / G, math.sqrt(2 * G * 0.4)


def dropped(*, rate_hz=1000.0, contact_s=0.2, change=None, length_s=4.0, **more):
    """A drop jump on two plates."""
    t = axis(length_s, rate_hz, 0.3)
    force = drop_jump_n(t, contact_s=contact_s)
    return two_plates(t, force if change is None else change(t, force), rate_hz=rate_hz, **more)


def boxed(drop_m, box_m):
    """A drop of ``drop_m`` from a box of ``box_m``."""
    t = axis(4.0, phase=0.3)
    return two_plates(t, drop_jump_n(t, drop_m=drop_m), entered={"box_height_m": box_m})


def hopped(n=10, *, contact_s=0.2, change=None, **more):
    t = axis(4.0 + n * (contact_s + 0.45), 1000.0, 0.3)
    force = hops_n(t, np.full(n, contact_s), np.full(n + 1, 0.45))
    return two_plates(t, force if change is None else change(t, force), **more)


def landed(*, change=None, length_s=9.0, **more):
    t = axis(length_s, phase=0.3)
    force = soft_landing(t - 0.5, v_in=2.5)
    return two_plates(t, force if change is None else change(t, force), **more)


def jumping(size_n):
    """Readings that jump by this SD in the last 2.7 s, from within the landing on."""
    return lambda t, force: force + size_n * np.where(t > t[-1] - 2.7, np.where(np.arange(len(t)) % 2 == 0, 1.0, -1.0), 0.0)


def one_footed(size_n, mass_kg=MASS_KG):
    t = axis(4.0, phase=0.3)
    rng = np.random.default_rng(1)
    force = jumping(size_n)(t, mass_kg / MASS_KG * drop_jump_n(t)) + 0.01 * rng.standard_normal(len(t))
    return one_leg(t, force, free_n=0.01 * rng.standard_normal(len(t)))


def free_leg(free_n):
    t = axis(4.0, phase=0.3)
    return one_leg(t, drop_jump_n(t), free_n=np.where((t > 1.3) & (t < 1.6), free_n, 0.0))


def late_landing(extra_s):
    """Legs bent by the second contact: the time in the air is longer than the velocity says."""
    t = axis(4.5, phase=0.3)
    contact = half_sine(t - 0.5, contact_s=0.2, v_in=V_IN, v_out=V_OUT)
    return two_plates(t, contact + soft_landing(t - 0.7 - AIR_S - extra_s, v_in=V_OUT + G * extra_s))


def of(higher_m):
    """How much longer in the air makes the height from it this much higher."""
    return math.sqrt(8 * (V_OUT**2 / (2 * G) + higher_m) / G) - AIR_S


def unloaded(share):
    """Standing at the end with this share on the left."""
    t = axis(4.0, phase=0.3)
    force = drop_jump_n(t)
    return two_plates(t, force, share_left=np.where(t > 2.0, share, 0.5))


@pytest.mark.parametrize(
    ("code", "name", "inside", "outside"),
    [
        ("streams_not_aligned", "dj", dropped(u_clock_s=0.0019), dropped(u_clock_s=0.0021)),
        ("no_quiet_end", "sl_dj", one_footed(14.5), one_footed(15.5)),
        ("no_quiet_end", "sl_dj", one_footed(0.0197 * 100 * G, 100.0), one_footed(0.0207 * 100 * G, 100.0)),
        ("weight_mismatch", "dj", dropped(body_mass_kg=MASS_KG / 1.0295), dropped(body_mass_kg=MASS_KG / 1.0305)),
        ("weight_mismatch", "dj", dropped(stored_weight_n=WEIGHT_N / 1.0147), dropped(stored_weight_n=WEIGHT_N / 1.0153)),
        ("limb_unloaded_in_weighing", "dj", unloaded(0.205), unloaded(0.195)),
        ("free_leg_contact", "sl_dj", free_leg(19.5), free_leg(20.5)),
        ("drop_height_mismatch", "dj", boxed(0.4, 0.4 / 0.86), boxed(0.4, 0.4 / 0.84)),
        ("drop_height_mismatch", "dj", boxed(0.4, 0.4 / 1.14), boxed(0.4, 0.4 / 1.16)),
        ("drop_height_mismatch", "dj", boxed(0.12, 0.149), boxed(0.12, 0.1515)),
        ("hop_count_low", "hops_10_5", hopped(5), hopped(4)),
    ],
)  # fmt: skip
def test_a_trial_is_told_of_what_lies_outside_a_limit_only(code, name, inside, outside):
    test = load_assessment(name)

    assert code not in analyse(inside, test).find(test.primary, inside.limb).reasons
    assert code not in analyse(inside, test).reasons
    assert code in analyse(outside, test).reasons


@pytest.mark.parametrize(
    ("name", "of_name", "inside", "outside", "reason"),
    [
        ("dj", "contact_time", dropped(contact_s=0.98), dropped(contact_s=1.03), "contact_too_long"),
        ("hops_10_5", "hop_count", hopped(5, contact_s=0.98), hopped(5, contact_s=1.03), "takeoff_not_found"),
        ("dj", "contact_time", dropped(rate_hz=101.0), dropped(rate_hz=99.0), "rate_too_low"),
        ("dj", "takeoff_velocity", dropped(rate_hz=201.0), dropped(rate_hz=199.0), "rate_too_low"),
        ("landing", "landing_peak_force", landed(length_s=1.01), landed(length_s=0.99), "landing_incomplete"),
    ],
)  # fmt: skip
def test_a_value_is_withheld_outside_a_limit_only(name, of_name, inside, outside, reason):
    test = load_assessment(name)

    assert analyse(inside, test).find(of_name).value is not None
    found = analyse(outside, test).find(of_name)
    assert found.value is None
    assert reason in found.reasons


def test_heights_that_differ_by_more_than_5_cm_disagree():
    near, far = (analyse(late_landing(of(d)), load_assessment("dj")).find("height_method_difference") for d in (0.0495, 0.0505))

    assert (near.value, far.value) == pytest.approx((0.0495, 0.0505), abs=2e-4)
    assert "height_methods_disagree" not in near.reasons
    assert "height_methods_disagree" in far.reasons


@pytest.mark.parametrize(("contact_s", "is_slow"), [(0.248, False), (0.253, True)])
def test_a_contact_of_more_than_a_quarter_of_a_second_is_slow(contact_s, is_slow):
    drop, hops = (
        analyse(dropped(contact_s=contact_s), load_assessment("dj")),
        analyse(hopped(contact_s=contact_s), load_assessment("hops_10_5")),
    )

    assert ("contact_too_long" in drop.find("contact_time").reasons) is is_slow
    assert ("contact_too_long" in next(v for v in hops.values if v.name == "hop_rsi").reasons) is is_slow
    assert hops.find("hop_count").params["expected"] == 10.0


def swaying(size_n, calm_s):
    """After the landing at 0.5 s the force swings by ``size_n`` until ``calm_s`` after it."""

    def change(t, force):
        return force + size_n * np.where(
            (t > 1.0) & (t < 0.5 + calm_s), np.where((20 * t).astype(int) % 2 == 0, 1.0, -1.0), 0.0
        )

    return landed(change=change)


@pytest.mark.parametrize(
    ("effort", "time_s"),
    [(swaying(0.049 * WEIGHT_N, 3.0), 0.3), (swaying(0.051 * WEIGHT_N, 3.0), 3.0), (swaying(100.0, 4.95), 4.95)],
)
def test_a_body_is_stable_from_when_it_stays_within_5_percent(effort, time_s):
    found = analyse(effort, load_assessment("landing")).find("time_to_stabilisation")

    assert found.value == pytest.approx(time_s, abs=0.06)


def test_a_body_that_sways_for_more_than_5_seconds_is_not_stabilised():
    found = analyse(swaying(100.0, 5.05), load_assessment("landing")).find("time_to_stabilisation")

    assert found.reasons[0] == "not_stabilised"


@pytest.mark.parametrize(("calm_s", "is_stable"), [(1.02, True), (0.98, False)])
def test_a_second_within_the_band_is_staying(calm_s, is_stable):
    def change(t, force):
        late = (t > 1.0) & ((t < 2.0) | (t > 2.0 + calm_s)) & (t < 7.4)
        return force + 100.0 * np.where(late, np.where((20 * t).astype(int) % 2 == 0, 1.0, -1.0), 0.0)

    found = analyse(landed(change=change), load_assessment("landing")).find("time_to_stabilisation")

    assert (found.value == pytest.approx(1.5, abs=0.06)) if is_stable else found.value is None
