"""An analysed effort to a verdict: does it count, and the sentence a person hears."""

from __future__ import annotations

from daq.assessments.model import Assessment
from daq.metrics.names import plain_text
from daq.metrics.quality import Severity, severity_of
from daq.metrics.trial import TrialResult
from daq.metrics.value import Status
from daq.metrics.words import trial_reason_sentence


def verdict_of(result: TrialResult) -> tuple[bool, str]:
    """(is it kept, why in words). A trial is kept unless a gate rejected it; a warning is named but keeps it."""
    if result.status is Status.INVALID:
        first = result.reasons[0] if result.reasons else ""
        return False, f"again: {_inside(trial_reason_sentence(first, result))}" if first else "again"
    first = next((code for code in result.reasons if severity_of(code) is Severity.WARN), "")
    return True, f"kept, {_inside(trial_reason_sentence(first, result))}" if first else "kept"


def result_words(result: TrialResult, assessment: Assessment) -> str:
    """The result in a few words: the primary value, and the first comparison of the sides that has one."""
    best = result.find(assessment.primary)
    words = next((v.text for v in result.values if v.name == "asymmetry_percent" and v.text), "")
    return ". ".join(part for part in (plain_text(best) if best is not None else "", words) if part)


def _inside(sentence: str) -> str:
    """A sentence as it stands behind a colon."""
    return sentence[:1].lower() + sentence[1:]
