"""What holds for a node at every tier."""

import numpy as np
import pytest
import serial


def test_the_node_says_what_it_is_before_its_first_sample(node, read):
    got = read(node, 0.5)

    assert got.described[0].unit == "counts"
    assert got.described[0].rate_hz == pytest.approx(1000)
    assert got.described[0].full_scale == 2**23


def test_nothing_is_lost_and_the_device_time_is_even(node, read):
    node.noise(300)
    got = read(node, 2.0)

    step = np.diff(got.tick) / got.described[0].tick_hz
    assert len(got.tick) > 1500
    assert got.n_lost == 0
    assert got.n_bad_frames == 0
    assert np.abs(step - 0.001).max() <= 1e-6
    assert node.report()["n_bytes_dropped"] == 0
    assert got.counts.std() == pytest.approx(300, rel=0.1)


def test_a_ramp_arrives_with_its_slope(node, read):
    node.ramp(5000.0)
    got = read(node, 1.5)

    assert np.all(np.isin(np.diff(got.counts), [5.0]))
    t_s = (got.tick - got.tick[0]) / got.described[0].tick_hz
    assert np.polyfit(t_s, got.counts, 1)[0] == pytest.approx(5000.0, rel=1e-6)


def test_a_load_step_arrives_within_the_time_of_a_few_frames(node, read):
    node.counts(1000)
    got = read(node, 1.0, meanwhile=lambda: node.counts(-250_000))

    assert got.counts[0] == 1000
    assert got.counts[-1] == -250_000
    assert set(got.counts) == {1000, -250_000}
    share = np.mean(got.counts == 1000)
    assert 0.3 < share < 0.7


def test_the_node_tells_its_clock(node, read):
    got = read(node, 2.8)

    assert len(got.clocks) >= 1
    assert np.all(np.diff([clock.tick for clock in got.clocks]) > 0)


def test_an_unplugged_node_ends_the_reading_and_streams_again_under_the_same_name(node, read):
    first = read(node, 2.0, meanwhile=node.unplug)
    with pytest.raises(serial.SerialException):
        serial.Serial(node.port, node.baud, exclusive=True)
    node.plug()
    second = read(node, 1.0)

    assert isinstance(first.error, OSError)
    assert first.n_lost == 0
    assert second.error is None
    assert len(second.tick) > 500
    assert second.n_lost == 0


def test_at_a_wrong_speed_bytes_come_without_one_good_frame(node, read):
    node.noise(300)
    read(node, 0.5, leave_running=True)
    wrong = read(node, 1.0, baud=115_200)
    right = read(node, 0.5)

    assert wrong.n_bytes > 1000
    assert len(wrong.tick) == 0
    assert not wrong.described
    assert len(right.tick) > 200
