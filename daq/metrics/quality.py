"""Reason codes to how serious they are and what a person is told: the one table of the quality gates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What a reason does: ``invalid`` withholds, ``reject`` leaves the trial out of summaries, the others inform."""

    INVALID = "invalid"
    REJECT = "reject"
    WARN = "warn"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Reason:
    """One row: severity and the sentence."""

    severity: Severity
    sentence: str


_INVALID, _REJECT, _WARN, _INFO = Severity.INVALID, Severity.REJECT, Severity.WARN, Severity.INFO

REASONS: dict[str, Reason] = {
    code: Reason(severity, sentence)
    for code, severity, sentence in (
        ("sensor_saturated", _INVALID, "The force was higher than the sensor can read."),
        ("sensor_disconnected", _INVALID, "The connection to the sensor was lost."),
        ("sensor_flatline", _INVALID, "The sensor stopped changing."),
        ("sample_gap", _INVALID, "Some data are missing in the important part."),
        ("sample_gap_interpolated", _WARN, "A very short gap was filled."),
        ("duplicate_samples", _WARN, "Some readings came twice; only the first was used."),
        ("time_not_monotonic", _INVALID, "The time of the readings is not in order."),
        ("rate_deviation", _WARN, "The sensor ran at a different speed than expected."),
        ("rate_too_low", _WARN, "The sensor is too slow for this value."),
        ("sensor_settling", _WARN, "The sensor reacts too slowly for this value."),
        ("streams_not_aligned", _INVALID, "Left and right were not recorded at the same moment."),
        ("padding_trimmed", _WARN, "Empty readings at the end were removed."),
        ("signal_inverted", _INVALID, "The sensor seems to be connected the wrong way round."),
        ("signal_spikes", _WARN, "There were short spikes in the signal."),
        ("negative_force", _WARN, "The force fell below zero; please set zero again."),
        ("noise_high", _WARN, "The signal is noisier than usual."),
        ("zero_loaded", _INVALID, "Zero was set while something was on the sensor."),
        ("zero_stale", _WARN, "Zero was set a while ago; please set it again."),
        ("zero_drift", _WARN, "The zero point is moving. Let the sensor warm up."),
        ("calibration_missing", _WARN, "This sensor has not been calibrated."),
        ("calibration_expired", _WARN, "The calibration is due."),
        ("calibration_out_of_range", _WARN, "The force was above the calibrated range."),
        ("units_unknown", _INVALID, "The file does not say the unit."),
        ("limb_missing", _INVALID, "Left and right are both needed."),
        ("limb_unassigned", _REJECT, "Please choose left or right."),
        ("method_mismatch", _INVALID, "These two values were measured in different ways."),
        ("weighing_missing", _INVALID, "Please stand still for one second before the jump."),
        ("weighing_too_short", _INVALID, "Please stand still for one second before the jump."),
        ("weighing_not_quiet", _INVALID, "You moved while being weighed. Stand still, then jump."),
        ("weighing_far_from_movement", _WARN, "The weighing was long before the jump."),
        ("weight_mismatch", _WARN, "The plate reads differently than before. Is it level and zeroed?"),
        ("limb_unloaded_in_weighing", _WARN, "You stood mostly on one leg while being weighed."),
        ("baseline_not_quiet", _REJECT, "The signal was not still before the start."),
        ("onset_not_found", _INVALID, "No clear start was found."),
        ("onset_ambiguous", _WARN, "The exact start is uncertain."),
        ("pretension_high", _REJECT, "There was too much pull before the start."),
        ("pretension_unstable", _REJECT, "There was too much pull before the start."),
        ("countermovement_before_pull", _REJECT, "You dipped before the pull. Pull straight away."),
        ("peak_late", _WARN, "The peak came late; pull as hard and fast as you can."),
        ("double_pull", _WARN, "There were two pulls in one trial."),
        ("peak_at_edge", _REJECT, "The recording stopped too early."),
        ("hold_too_short", _INVALID, "Hold the force a little longer."),
        ("early_release", _REJECT, "The hold ended before time."),
        ("rep_too_short", _REJECT, "Too few complete repetitions."),
        ("too_few_reps", _REJECT, "Too few complete repetitions."),
        ("irregular_cadence", _REJECT, "Work and rest did not follow the rhythm."),
        ("target_missing", _INVALID, "Enter the target force to get this value."),
        ("target_not_reached", _INVALID, "The target force was not reached."),
        ("work_times_alike", _INVALID, "The trials lasted about equally long; this value needs short and long ones."),
        ("fit_uncertain", _WARN, "The trials do not lie on one line. One more trial would help."),
        ("takeoff_not_found", _INVALID, "No jump was found."),
        ("flight_too_short", _REJECT, "The jump was too short, perhaps a step."),
        ("flight_too_long", _REJECT, "Both feet were off the plate for very long, perhaps stepping off."),
        ("flight_noise_high", _WARN, "The empty plate was not quiet during the jump."),
        ("flight_offset", _WARN, "The empty plate does not read zero. Set zero again."),
        ("countermovement_missing", _REJECT, "No countermovement was found."),
        ("momentum_check_failed", _INVALID, "The result contradicts itself and is not shown."),
        ("height_methods_disagree", _WARN, "The two height methods differ. Land as you took off, with straight legs."),
        ("landing_not_found", _WARN, "The landing is not complete."),
        ("landing_incomplete", _WARN, "The landing is not complete."),
        ("no_quiet_end", _WARN, "Please stand still after landing."),
        ("not_stabilised", _WARN, "You did not come to rest in time."),
        ("squat_jump_countermovement", _REJECT, "You dipped before the squat jump. Hold still, then push up."),
        ("squat_jump_dip", _WARN, "You dipped a little before the squat jump."),
        ("stored_weight_used", _WARN, "The weight of an earlier weighing was used."),
        ("stored_weight_missing", _INVALID, "There is no earlier weighing to take the weight from."),
        ("load_missing", _INVALID, "Enter the load to get this value."),
        ("value_not_entered", _INVALID, "This value is measured by hand; enter it."),
        ("profile_not_linear", _WARN, "The loads do not lie on one line."),
        ("drop_height_mismatch", _INFO, "The drop was higher or lower than the box."),
        ("contact_too_long", _WARN, "The ground contact was long for this test."),
        ("landing_rebound", _REJECT, "You left the plate again after landing. Land and stand still."),
        ("free_leg_contact", _REJECT, "The other foot touched the plate."),
        ("free_leg_unchecked", _INFO, "The free foot was not checked."),
        ("cop_missing", _INVALID, "These plates give no centre of pressure."),
        ("cop_undefined", _INVALID, "There was too little weight on the plate."),
        ("trial_too_short", _INVALID, "Stand still for the full time."),
        ("stance_not_ended", _REJECT, "The recording stopped before the foot came down."),
        ("hop_count_low", _REJECT, "Not enough hops."),
        ("trial_spread_high", _WARN, "The trials differ a lot. One more trial would help."),
        ("stopped_for_pain", _REJECT, "Stopped because of pain. The trial is kept and not counted."),
        ("trial_submaximal", _REJECT, "This was not a full effort, so it is not counted."),
        ("cue_not_fast", _INVALID, "The speed of the start is only given when you were asked to be fast."),
        ("protocol_mismatch", _INVALID, "These tests were not done in the same way."),
        ("baseline_test_missing", _INVALID, "There is no earlier test of the other side to compare with."),
        ("value_undefined", _INVALID, "This value cannot be computed from this curve."),
        ("uncertainty_unknown", _INFO, "The uncertainty of this value is not known."),
        ("not_enough_trials", _INVALID, "More trials are needed for this value."),
        ("box_height_missing", _INVALID, "Enter the height of the box."),
        ("window_beyond_trial", _INVALID, "The trial ended too early for this value."),
        ("window_below_resolution", _INVALID, "The sensor is too slow for such a short window."),
        ("denominator_too_small", _INVALID, "The forces are too small to compare."),
        ("signed_quantity", _INVALID, "A percentage makes no sense for this value."),
        ("lever_arm_missing", _INVALID, "Enter the lever arm to get a torque."),
        ("net_of_baseline", _WARN, "You were not weighed, so the force counts from the level before the pull."),
        ("body_mass_missing", _INVALID, "Enter the body mass to get this value."),
    )
}

_RANK = {severity: n for n, severity in enumerate((_INFO, _WARN, _REJECT, _INVALID))}
_UNKNOWN = Reason(_WARN, "Something about this value needs a look.")


_VOIDING, _REJECTING, _INFORMING = (
    frozenset(code for code, row in REASONS.items() if row.severity is severity) for severity in (_INVALID, _REJECT, _INFO)
)


def severity_of(code: str) -> Severity:
    """How serious ``code`` is; a code that the table does not know warns.

    >>> severity_of("free_leg_contact")
    <Severity.REJECT: 'reject'>
    """
    return REASONS.get(code, _UNKNOWN).severity


def is_rejecting(codes: Iterable[str]) -> bool:
    """A trial with one of these is kept, and left out of summaries."""
    return not _REJECTING.isdisjoint(codes)


def is_warning(codes: Iterable[str]) -> bool:
    """Something worth showing is among these."""
    return not _INFORMING.issuperset(codes)


def voiding(codes: Iterable[str]) -> tuple[str, ...]:
    """The codes among these that withhold what depends on them."""
    return tuple([code for code in codes if code in _VOIDING])


def ranked(codes: Iterable[str]) -> tuple[str, ...]:
    """Each code once, the most serious first, otherwise in order of appearance.

    >>> ranked(["noise_high", "takeoff_not_found", "noise_high"])
    ('takeoff_not_found', 'noise_high')
    """
    return tuple(sorted(dict.fromkeys(codes), key=lambda code: -_RANK[severity_of(code)]))
