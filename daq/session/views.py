"""The state of a session to the frozen snapshot: what each limb, device and trial looks like now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from daq.block import SIDES, Limb, seconds
from daq.driver import Floats
from daq.metrics.asymmetry import LIVE_LEAST_N, live_index, right_share_percent
from daq.metrics.names import words_of
from daq.metrics.value import Value
from daq.metrics.words import reason_sentence
from daq.session.device import Device
from daq.session.snapshot import AsymmetryView, DeviceState, DeviceView, LimbView, Phase, Snapshot, TrialView
from daq.units import text_of

if TYPE_CHECKING:
    from daq.session.session import Session

TRACE_S = 30.0
CALM_S = 0.1
SHARE_S = 0.5
READY_SHARE = 0.9
_NOTHING = np.empty(0)


def snapshot_of(session: Session) -> Snapshot:
    """Everything a screen shows; traces are views of the rings, all else is copied."""
    protocol, setup = session.protocol, session.setup
    now_s = seconds(session.t_ns)
    return Snapshot(
        t_s=now_s,
        assessment=setup.assessment.name,
        person=setup.person,
        phase=protocol.phase,
        headline=protocol.headline(now_s),
        limbs=tuple(_limb_view(session, limb) for limb in _shown_limbs(session)),
        asymmetry=_asymmetry(session),
        trials=trial_views(session),
        devices=tuple(_device_view(d, now_s) for d in sorted(session.devices, key=lambda d: list(Limb).index(d.sides[0]))),
        primary=setup.assessment.primary,
        n_wanted=sum(protocol.n_wanted.values()),
        n_kept={limb: protocol.n_kept(limb) for limb in protocol.turns},
        summary=session.summary,
        notices=session.notices,
        shown=tuple(name for name in setup.assessment.main_metrics if name != setup.assessment.primary),
        peak=setup.assessment.peak_metric,
        compared=next(iter(setup.assessment.asymmetry_of), ""),
    )


def trial_views(session: Session) -> tuple[TrialView, ...]:
    """The finished efforts as a screen, a catalogue and an export take them."""
    best = {t.number for limb in session.protocol.turns if (t := session.protocol.best(limb)) is not None}
    return tuple(
        TrialView(t.number, t.start_s, t.stop_s, t.limb, t.is_kept, t.number in best, t.verdict, t.result)
        for t in session.trials
    )


def _shown_limbs(session: Session) -> tuple[Limb, ...]:
    found = {limb for d in session.devices for limb in d.sides}
    return SIDES if found & set(SIDES) else (Limb.BOTH,)


def _source(session: Session, limb: Limb) -> tuple[Device, int] | None:
    """The device that measures ``limb``, and the column of its track."""
    for device in session.devices:
        if device.is_either:
            return device, 0
        if limb in device.limbs:
            return device, device.limbs.index(limb)
    return None


def _limb_view(session: Session, limb: Limb) -> LimbView:
    protocol = session.protocol
    source = _source(session, limb)
    best = protocol.best(limb) if protocol.is_unilateral else None
    best_n = _value_n(best.result.find(session.setup.assessment.peak_metric, limb)) if best is not None else None
    is_turn = not protocol.is_unilateral or protocol.side in (limb, Limb.BOTH)
    if source is None:
        return LimbView(limb, is_active=is_turn, best_n=best_n)
    device, column = source
    if device.is_either and not is_turn:
        return LimbView(limb, is_active=False, best_n=best_n, peak_n=_last_peak_n(session, limb))
    is_lost = device.state in (DeviceState.LOST, DeviceState.REFUSED)
    trace_t_s, trace_n = _trace(device, column)
    return LimbView(
        limb=limb,
        force_n=_mean(_tail(device, column, CALM_S)) if device.state is DeviceState.STREAMING else None,
        peak_n=_peak_n(session, limb, device, column),
        is_active=is_turn,
        is_lost=is_lost,
        best_n=best_n,
        trace_t_s=trace_t_s,
        trace_n=trace_n,
    )


def _trace(device: Device, column: int) -> tuple[Floats, Floats]:
    track, base = device.track, device.timebase
    if track is None or base is None or not track.n_total:
        return _NOTHING, _NOTHING
    first = max(track.first_kept, track.n_total - round(TRACE_S * track.rate_hz))
    return base.to_s(track.ticks(first, track.n_total)), track.newtons(first, track.n_total)[:, column]


def _tail(device: Device, column: int, span_s: float, *, causal: bool = False) -> Floats:
    track = device.track
    if track is None:
        return _NOTHING
    n = min(max(1, round(span_s * track.rate_hz)), track.n_total - track.first_kept)
    rows = track.causal if causal else track.newtons
    return rows(track.n_total - n, track.n_total)[:, column]


def _mean(force_n: Floats) -> float | None:
    known = force_n[~np.isnan(force_n)]
    return float(known.mean()) if len(known) else None


def _peak_n(session: Session, limb: Limb, device: Device, column: int) -> float | None:
    """The peak of the effort under way, or of the last one."""
    if session.protocol.phase is not Phase.GO:
        return _last_peak_n(session, limb)
    watch = next((w for w in session.watches if w.began_s is not None and w.stream.uses(device)), None)
    began = watch.stream.to_session_s(watch.began_s) if watch is not None and watch.began_s is not None else None
    track = device.track
    if began is None or track is None:
        return _last_peak_n(session, limb)
    lead_s = 2.0 if session.setup.assessment.has_flight else 0.0
    span_s = seconds(session.t_ns) - began + lead_s
    force_n = _tail(device, column, max(0.0, span_s))
    return float(np.nanmax(force_n)) if len(force_n) and not np.isnan(force_n).all() else None


def _last_peak_n(session: Session, limb: Limb) -> float | None:
    for trial in reversed(session.trials):
        value = trial.result.find(session.setup.assessment.peak_metric, limb)
        if value is not None:
            return _value_n(value)
    return None


def _value_n(value: Value | None) -> float | None:
    return value.value if value is not None else None


def _asymmetry(session: Session) -> AsymmetryView:
    """Live while limbs are loaded together; after a trial what it says, after the last one what all kept ones say."""
    protocol = session.protocol
    if protocol.is_unilateral:
        return _one_sided(session)
    if protocol.phase is Phase.DONE and (found := _of_kept(session)) is not None:
        return found
    if protocol.phase in (Phase.RESULT, Phase.DONE, Phase.STOPPED) and protocol.trials:
        return _of_last_trial(session)
    away = next((d for d in session.devices if d.state is not DeviceState.STREAMING), None)
    if away is not None:
        return AsymmetryView(sentence=f"No comparison while {away.mount.name.upper()} is away.")
    return _live_share(session) or (_of_last_trial(session) if protocol.trials else AsymmetryView(source="share of the load"))


def _live_share(session: Session) -> AsymmetryView | None:
    means = []
    for limb in SIDES:
        source = _source(session, limb)
        if source is None or source[0].state is not DeviceState.STREAMING:
            return None
        means.append(_mean(_tail(*source, SHARE_S, causal=True)))
    left_n, right_n = means
    if left_n is None or right_n is None:
        return None
    least_n, index = LIVE_LEAST_N[session.setup.assessment.instrument], session.setup.assessment.index
    percent, share = live_index(left_n, right_n, index, least_n=least_n), right_share_percent(left_n, right_n, least_n=least_n)
    if percent is None or share is None:
        return None
    sentence = f"now {text_of(100 - share, decimals=1)} | {text_of(share, decimals=1)}"
    return AsymmetryView(percent=percent, is_live=True, sentence=sentence, source="share of the load, now")


def _of_last_trial(session: Session) -> AsymmetryView:
    trial = session.trials[-1]
    wanted = session.setup.assessment.asymmetry_of
    found = next((v for name in wanted for v in trial.result.values if v.name == "asymmetry_percent" and v.of == name), None)
    if found is None or found.value is None:
        reason = reason_sentence(found.reasons[0]) if found is not None and found.reasons else ""
        return AsymmetryView(sentence=reason, source="this trial")
    return _shown(found, f"{words_of(found.of)}, trial {trial.number}")


def _one_sided(session: Session) -> AsymmetryView:
    protocol = session.protocol
    if protocol.phase is Phase.GO and session.setup.assessment.peak_metric:
        other = protocol.best(protocol.side.other)
        value = other.result.find(session.setup.assessment.peak_metric, protocol.side.other) if other is not None else None
        if other is None or value is None or value.value is None:
            return AsymmetryView(source="no trial of the other side yet")
        words = f"vs {protocol.side.other} best {text_of(value.value)} N (trial {other.number})"
        return AsymmetryView(percent=_against_n(session, value.value), is_live=True, sentence=words, source="")
    return _of_kept(session) or AsymmetryView(source="after one kept trial of each side")


def _of_kept(session: Session) -> AsymmetryView | None:
    """The first comparison of the sides over all kept trials that has a number, with its interval."""
    values = {v.of: v for v in session.summary if v.name == "asymmetry_percent" and v.value is not None}
    found = next((values[name] for name in session.setup.assessment.asymmetry_of if name in values), None)
    return _shown(found, f"{words_of(found.of)}, kept trials") if found is not None else None


def _against_n(session: Session, other_n: float) -> float | None:
    """The side at work against the other side's best: once it has reached 90 % of its own best, or worked for a second."""
    protocol, side = session.protocol, session.protocol.side
    source = _source(session, side)
    own_n = _peak_n(session, side, *source) if source is not None else None
    best = protocol.best(side)
    best_n = _value_n(best.result.find("peak_force", side)) if best is not None else None
    if own_n is None or not (protocol.has_worked_s(seconds(session.t_ns)) >= 1.0 or (best_n and own_n >= READY_SHARE * best_n)):
        return None
    left_n, right_n = (own_n, other_n) if side is Limb.LEFT else (other_n, own_n)
    return live_index(left_n, right_n, session.setup.assessment.index, least_n=0.0)


def _shown(value: Value, source: str) -> AsymmetryView:
    low, high = value.interval or (None, None)
    return AsymmetryView(value.value, low, high, is_live=False, sentence=value.text, source=source)


def _device_view(device: Device, now_s: float) -> DeviceView:
    described, track, counts = device.described, device.track, device.counts
    return DeviceView(
        name=device.mount.name,
        driver=device.mount.driver,
        sides=device.sides,
        state=device.state,
        serial=described.serial if described is not None else "",
        firmware=described.firmware if described is not None else "",
        rate_hz=described.rate_hz if described is not None else None,
        measured_hz=track.measured_rate_hz if track is not None else None,
        n_samples=counts.n_samples,
        n_lost=counts.n_lost,
        n_bad=counts.n_bad,
        battery_percent=device.battery_percent,
        clock_u_s=device.timebase.u_s if device.timebase is not None else None,
        zero_age_s=now_s - device.zeroed_at_s if device.zeroed_at_s is not None else None,
        message=device.message,
    )
