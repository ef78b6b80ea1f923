"""Bytes sent at one baud rate to the bytes heard at another: an 8N1 receiver that samples the middle of its bits."""

from __future__ import annotations

import numpy as np

_BITS = 10


def heard(data: bytes, sent_baud: float, *, read_baud: float) -> bytes:
    """What a receiver at ``read_baud`` makes of ``data`` sent back to back at ``sent_baud``; the same when they are equal.

    A byte without a stop bit counts as heard (a frame error, which a raw terminal hands over); the receiver then waits for
    the line to be idle before it looks for the next start bit.
    """
    if sent_baud == read_baud or not data:
        return data
    bits = np.ones((len(data), _BITS), dtype=np.uint8)
    bits[:, 0] = 0
    bits[:, 1:9] = np.unpackbits(np.frombuffer(data, np.uint8)[:, None], axis=1, bitorder="little")
    line = np.concatenate([bits.ravel(), np.ones(_BITS, np.uint8)])
    falls = np.flatnonzero(np.diff(np.concatenate([[np.uint8(1)], line]).astype(np.int8)) < 0)
    per_bit = sent_baud / read_baud
    centres = (np.arange(_BITS) + 0.5) * per_bit
    out, free_at = bytearray(), 0.0
    for start in falls:
        if start < free_at:
            continue
        at = np.minimum((start + centres).astype(np.int64), len(line) - 1)
        levels = line[at]
        if levels[0]:
            continue
        out.append(int(np.packbits(levels[1:9], bitorder="little")[0]))
        free_at = start + centres[-1]
    return bytes(out)
