"""Bands of hand strength of right-handers are centred where right-handers usually are."""

import pytest

from daq.block import Limb
from daq.metrics.handedness import expect_10_right, shift_applies
from daq.metrics.person import Handedness, PersonFacts
from daq.metrics.value import Better
from daq.metrics.words import asymmetry_sentence

RIGHT = PersonFacts(Handedness.RIGHT)


@pytest.mark.parametrize(
    ("percent", "distance", "note"),
    [
        (0.0, 0.0, "common in right-handers"), (9.9, 0.0, "common in right-handers"), (10.0, 0.0, "common in right-handers"),
        (12.0, 2.0, ""), (25.0, 15.0, ""), (-0.1, 0.1, ""), (-12.0, 12.0, ""),
    ],
)  # fmt: skip
def test_the_rule_of_ten_percent_has_its_three_stretches(percent, distance, note):
    found = expect_10_right(percent, RIGHT, is_hand_held=True)

    assert found.percent == pytest.approx(distance)
    assert found.note == note


@pytest.mark.parametrize("hand", [Handedness.LEFT, Handedness.BOTH, Handedness.UNKNOWN])
def test_nobody_else_is_shifted(hand):
    assert expect_10_right(12.0, PersonFacts(hand), is_hand_held=True).percent == 12.0


def test_an_injured_side_and_other_tests_switch_the_shift_off():
    assert not shift_applies(PersonFacts(Handedness.RIGHT, involved=Limb.RIGHT), is_hand_held=True)
    assert not shift_applies(RIGHT, is_hand_held=False)
    assert shift_applies(RIGHT, is_hand_held=True)


def test_in_the_index_of_the_total_ten_percent_are_5_3():
    found = expect_10_right(8.0, RIGHT, is_hand_held=True, index="asym.total_denominator")

    assert found.centre == pytest.approx(5.263, abs=0.001)
    assert found.percent == pytest.approx(8.0 - 5.263, abs=0.001)


@pytest.mark.parametrize(
    ("percent", "said"),
    [
        (8.0, "RIGHT 8.0 % stronger, common in right-handers"),
        (14.0, "RIGHT 14.0 % stronger, small difference"),
        (-12.0, "LEFT 12.0 % stronger, worth looking at"),
    ],
)
def test_the_number_is_always_said_and_the_band_follows_the_shift(percent, said):
    words = asymmetry_sentence(
        percent, (percent - 2.0, percent + 2.0), name="peak_force", better=Better.HIGHER, unit="N", together=False, n_trials=3,
        is_instrument=False, band=(10.0, 15.0), distance=expect_10_right(percent, RIGHT, is_hand_held=True),
    )  # fmt: skip

    assert words == said
