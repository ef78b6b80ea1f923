"""What a person reads of a value: words, unit, decimals, lists and private quantities, for metrics of every kind."""

import re

import pytest

from daq.assessments.model import assessment_ids, load_assessment
from daq.block import Limb
from daq.cli.rendering import summary_lines, trial_lines
from daq.cli.shown import cell_text, entries_text, main_metrics, number_text, unit_of, words_of
from daq.metrics.families import KINDS, family_of
from daq.metrics.trial import TrialResult
from daq.metrics.value import Status, Value


@pytest.mark.parametrize("kind", KINDS)
def test_every_metric_has_words_without_underscores_and_a_unit_that_people_write(kind):
    for row in family_of(kind).metrics.values():
        assert re.fullmatch(r"[\w%/,+ -]+", words_of(row.name)), row.name
        assert "_" not in words_of(row.name), row.name
        unit = unit_of(row.name, row.unit)
        assert "*" not in unit.text, row.name
        assert unit.factor >= 1.0


@pytest.mark.parametrize("name", assessment_ids())
def test_every_test_shows_its_primary_metric_and_no_more_than_a_screen(name):
    test = load_assessment(name)

    assert test.primary in main_metrics(test)
    assert len(main_metrics(test)) <= 12
    assert set(main_metrics(test)) <= set(test.metrics)


@pytest.mark.parametrize(
    ("name", "unit", "number", "u", "said"),
    [
        ("jump_height_impulse_momentum", "m", 0.2843, 0.003, "28.4 ± 0.6 cm"),
        ("peak_force", "N", 412.4, 2.0, "412 ± 4 N"),
        ("peak_force", "N", 412.44, 0.004, "412.4 ± <0.1 N"),
        ("peak_force", "N", 412.4, None, "412 N"),
        ("sway_ellipse_area_95", "m2", 2.029e-4, None, "2.03 cm²"),
        ("unheard_of", "furlong", 2.5, None, "2.50 furlong"),
        ("rsi_10_5", "1", 1.834, None, "1.83"),
        ("peak_force", "N", None, None, "—"),
    ],
)
def test_a_value_is_shown_with_its_interval_in_the_unit_of_the_field(name, unit, number, u, said):
    assert cell_text(Value(name, Limb.LEFT, number, unit, "m", u=u)) == said


@pytest.mark.parametrize(("name", "unit"), [("body_weight", "N"), ("body_mass", "kg"), ("system_weight", "N")])
def test_a_weight_is_weighed_and_no_number_unless_it_is_asked_for(name, unit):
    value = Value(name, Limb.BOTH, 701.0, unit, "weigh.lowest_sd_1s", u=1.0)

    assert number_text(value) == "weighed"
    assert "701" in number_text(value, is_private=True)
    assert number_text(value._replace(name=f"{name}_best", of=name)) == "weighed"


def test_entries_of_a_list_stand_in_one_row_in_order_with_a_dash_for_one_that_is_missing():
    values = [Value("hop_contact_time", Limb.BOTH, x, "s", "m", entry=n) for n, x in ((2, None), (1, 0.212), (3, 0.198))]

    assert entries_text(values) == "0.212  —  0.198"


def test_a_trial_of_hops_shows_its_lists_within_80_characters():
    test = load_assessment("hops_10_5")
    name = "hop_contact_time"
    test = test.model_copy(update={"shown": (test.primary, name)})
    unit = family_of("hops").metrics[name].unit
    entries = [Value(name, Limb.BOTH, 0.2 + 0.001 * n, unit, "m", entry=n) for n in range(1, 25)]
    main = Value(test.primary, Limb.BOTH, 1.9, "1", "m", u=0.02)

    lines = trial_lines(1, 0.0, TrialResult(Limb.BOTH, Status.OK, (), values=(main, *entries)), test=test)

    assert max(map(len, lines)) <= 80
    assert sum(line.count("0.2") for line in lines) >= len(entries)
    assert "1.90 ± 0.04" in "\n".join(lines)


def test_the_summary_of_nothing_is_nothing():
    assert summary_lines((), load_assessment("cmj")) == []
