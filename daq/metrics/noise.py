"""A curve in which something happens to the white noise of its sensor."""

from __future__ import annotations

import math

import numpy as np

from daq.metrics.effort import Floats

_BLOCK, _FEWEST = 32, 8


def white_noise_of_all_n(force_n: Floats) -> float:
    """SD of the white noise per sample, from any curve: the median over short blocks of the SD of second differences.

    Parameters
    ----------
    force_n : (n,) array
        NaN in a hole.

    Returns
    -------
    float
        0 where there are fewer than eight samples. Effort and landing fill a minority of the blocks, and second differences
        of a smooth curve are small beside the noise.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> ramp = np.linspace(0.0, 500.0, 4000) + 2.0 * rng.standard_normal(4000)
    >>> abs(white_noise_of_all_n(ramp) / 2.0 - 1.0) < 0.05
    True
    """
    bends = force_n[2:] - 2.0 * force_n[1:-1] + force_n[:-2]
    bends = bends[np.isfinite(bends)]
    if len(bends) < _FEWEST:
        return 0.0
    block = min(_BLOCK, len(bends))
    n = len(bends) // block
    squares = (bends[: n * block].reshape(n, block) ** 2).mean(axis=1)
    return math.sqrt(float(np.median(squares)) / 6.0)
