import numpy as np
import pytest

from daq.errors import UsageError
from daq.simulate.far_end import far_end
from daq.simulate.faults import parse_fault


def ramp(t_s):
    return 100.0 * t_s


def lived(tiny, *faults, until_s=5.0, now_s=0.0, world=ramp, options=None, step_s=0.01):
    end = far_end(tiny, options or tiny.options(), world, faults=[parse_fault(f) for f in faults], now_s=now_s)
    out = []
    for k in range(1, round((until_s - now_s) / step_s) + 1):
        out += end.advance(now_s + k * step_s)
    return out


def test_samples_carry_the_force_at_the_times_of_the_grid(tiny, rows):
    index, force = rows(lived(tiny)).T

    assert np.array_equal(index, np.arange(5000))
    assert np.allclose(force, index / 1000 * 100, atol=1e-6)


def test_nothing_arrives_before_it_was_said_and_all_within_a_slice(tiny, rows):
    for t_s, _, data in lived(tiny):
        last = rows([(t_s, "", data)])[-1, 0] / 1000
        assert 0 <= t_s - last <= 0.0101


@pytest.mark.parametrize("now_s", [-2.3, 0.0, 7.77, 3600.4])
def test_devices_made_at_different_times_sample_the_same_instants(tiny, rows, now_s):
    chunks = lived(tiny, now_s=now_s, until_s=now_s + 1)
    phase = (rows(chunks)[:, 1] / 100 * 1000) % 1

    assert np.all(np.minimum(phase, 1 - phase) < 1e-3)


def test_a_fast_clock_agrees_at_zero_and_gains_its_ppm(tiny, rows):
    index, force = rows(lived(tiny, "clock_skew=1000ppm", until_s=10.0)).T

    assert force[0] == pytest.approx(0.0, abs=1e-6)
    assert np.allclose(force, 100 * index / 1000 / 1.001, atol=1e-5)
    assert len(index) == pytest.approx(10_010, abs=1)


def test_a_fast_clock_drifts_away_from_the_grid_of_zero_before_it_too(tiny, rows):
    force = rows(lived(tiny, "clock_skew=1000ppm", now_s=-3.0, until_s=0.5))[:, 1]
    instants_s = force / 100

    assert np.abs(instants_s * 1000 * 1.001 - np.rint(instants_s * 1000 * 1.001)).max() < 1e-3
    assert np.abs(instants_s).min() < 1e-6


def test_drift_adds_newtons_per_minute(tiny, rows):
    index, force = rows(lived(tiny, "drift=60@1-3", world=np.zeros_like)).T

    assert np.allclose(force, np.clip(index / 1000, 1, 3) - 1, atol=1e-6)


def test_channels_share_the_force(tiny, rows):
    four = rows(lived(tiny, options=tiny.options(n_channels=4), until_s=1.0))

    assert four.shape[1] == 5
    assert np.allclose(four[:, 1:].sum(axis=1), four[:, 0] / 1000 * 100, atol=1e-5)
    assert np.allclose(four[:, 1], four[:, 4])


def test_an_unplugged_device_is_silent_and_time_goes_on(tiny, rows):
    chunks = lived(tiny, "unplug=1@2")
    times = np.array([t for t, _, _ in chunks])
    index = rows(chunks)[:, 0]

    assert not np.any((times > 2.0) & (times < 3.0))
    assert len(index) == pytest.approx(4000, abs=20)
    assert index[-1] == 4999


def test_plugged_and_refusing_say_so(tiny):
    end = far_end(tiny, tiny.options(), ramp, faults=[parse_fault("unplug=1@2"), parse_fault("refuse=2@2")])

    assert [end.is_plugged(t) for t in (1.9, 2.0, 2.9, 3.0)] == [True, False, False, True]
    assert [end.may_open(t) for t in (1.9, 2.5, 3.5, 4.0)] == [True, False, False, True]
    assert end.was_unplugged(1.0, 2.5)
    assert not end.was_unplugged(3.0, 4.0)


def test_what_the_host_writes_is_heard_after_the_time_before_it(tiny):
    end = far_end(tiny, tiny.options(), ramp)
    end.write(1.0, "", b"hello")
    before = b"".join(d for _, _, d in end.advance(1.0))
    after = b"".join(d for _, _, d in end.advance(1.01))

    assert before.count(b"\n") == 1000
    assert after.startswith(b"!hello")


def test_a_wrong_speed_garbles_both_ways(tiny):
    end = far_end(tiny, tiny.options(), ramp, faults=[parse_fault("wrong_speed=57600")])
    end.write(0.0, "", b"hello")
    heard = b"".join(d for _, _, d in end.advance(1.0))

    assert b"!hello" not in heard
    assert b"100," not in heard
    assert len(heard) > 100


def test_a_host_that_finds_the_wrong_speed_understands(tiny, rows):
    end = far_end(tiny, tiny.options(), ramp, faults=[parse_fault("wrong_speed=57600")])
    end.host_baud = 57_600

    assert len(rows(end.advance(1.0))) == 1000


def test_faults_of_the_twin_reach_it_on_its_own_clock(tiny):
    end = far_end(tiny, tiny.options(), ramp, faults=[parse_fault("full_scale=300@10-12")], now_s=4.2)
    (fault,) = end._twin.faults

    assert (fault.name, fault.value, fault.at_s, fault.until_s) == ("full_scale", 300.0, 6.0, 8.0)


def test_a_fault_that_the_twin_cannot_show_is_refused(tiny):
    with pytest.raises(UsageError, match="clock_wrap"):
        far_end(tiny, tiny.options(), ramp, faults=[parse_fault("clock_wrap")])
