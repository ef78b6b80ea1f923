"""A trace to a smoother one: the filter that published values were computed with; no event is looked for in it."""

from __future__ import annotations

from daq.metrics.trace import Trace

# The filter is run over the record in both directions; it needs this many samples to settle at each end.
FEWEST_SAMPLES = 16


def butterworth(trace: Trace, cutoff_hz: float) -> Trace | None:
    """Fourth-order Butterworth low-pass without delay: second order, forward and backward; None where it cannot be run.

    Notes
    -----
    ``filter.butter4_zero_lag``. It rounds the edges of a flight (about 6 mm less height of a countermovement jump at 50 Hz),
    so take-off, landing and onset are never found in its output.

    Examples
    --------
    >>> import numpy as np
    >>> from daq.metrics.effort import Instrument
    >>> t = np.arange(1000) / 1000.0
    >>> flat = Trace.made(t, np.full(1000, 700.0), 1000.0, instrument=Instrument(), holes=())
    >>> smooth = butterworth(flat, 50.0)
    >>> smooth is not None and bool(np.allclose(smooth.force_n, 700.0))
    True
    """
    if not 0.0 < cutoff_hz < 0.5 * trace.rate_hz or len(trace.force_n) < FEWEST_SAMPLES:
        return None
    from scipy.signal import butter, sosfiltfilt

    smooth = sosfiltfilt(butter(2, cutoff_hz, fs=trace.rate_hz, output="sos"), trace.force_n)
    return Trace.made(trace.t_s, smooth, trace.rate_hz, instrument=trace.instrument, holes=trace.holes)
