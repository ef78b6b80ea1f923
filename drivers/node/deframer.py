"""Bytes cut anywhere to whole messages: splits at 0x00, undoes COBS in place, checks the CRC; what is damaged is counted."""

from __future__ import annotations

import numpy as np

from drivers.node.wire import MAX_ENCODED_BYTES, MIN_ENCODED_BYTES, crc16

# Up to this many delimiters (a read of 4096 bytes holds 16) a loop over the blocks is quicker than steps over all frames.
_FEW = 24
_STEPS_BETWEEN_CHECKS = 8

Places = list[tuple[int, int]]
"""For each message in a buffer: where it begins, and where its CRC begins."""


class Deframer:
    """Finds the messages in a stream.

    The very first piece is dropped without counting where it is no message: the port was opened in its middle.
    A piece longer than any frame is forgotten as it comes, so memory is bounded whatever arrives.
    """

    def __init__(self) -> None:
        self.n_bad_frames = 0
        self.n_bad_bytes = 0
        self._tail = b""
        self._n_skipped = 0
        self._joined = False

    def feed(self, data: bytes) -> tuple[bytearray, Places]:
        """Take bytes; returns a buffer and the places of the intact messages in it."""
        n_delimiters = data.count(0)
        if not n_delimiters:
            self._keep(self._tail + data)
            return bytearray(), []
        buffer = bytearray(self._tail + data)
        begin, end = self._end_skipping(buffer), buffer.rindex(0) + 1
        rest = bytes(buffer[end:])
        first_end = buffer.find(0, begin, end)
        candidates, n_pieces = _few(buffer, begin, end=end) if n_delimiters <= _FEW else _many(buffer, begin, end=end)
        places = [
            (start, stop) for start, stop in candidates if crc16(buffer[start:stop]) == buffer[stop] | buffer[stop + 1] << 8
        ]
        n_good_bytes = sum([stop - start + 4 for start, stop in places])
        self.n_bad_frames += n_pieces - len(places)
        self.n_bad_bytes += end - begin - n_good_bytes - (n_delimiters - (begin > 0) - len(places))
        if not self._joined and first_end >= begin:
            self._joined = True
            if first_end > begin and (not places or places[0][0] != begin + 1):
                self.n_bad_frames -= 1
                self.n_bad_bytes -= first_end - begin
        self._keep(rest)
        return buffer, places

    def _end_skipping(self, buffer: bytearray) -> int:
        """Where the first piece begins that is not the rest of one too long."""
        if not self._n_skipped:
            return 0
        begin = buffer.index(0) + 1
        if self._joined:
            self.n_bad_frames += 1
            self.n_bad_bytes += self._n_skipped + begin - 1
        self._joined, self._n_skipped = True, 0
        return begin

    def _keep(self, tail: bytes) -> None:
        if self._n_skipped or len(tail) > MAX_ENCODED_BYTES:
            self._n_skipped += len(tail)
            tail = b""
        self._tail = tail


def _few(buffer: bytearray, begin: int, *, end: int) -> tuple[Places, int]:
    """Messages with their COBS undone (CRC not yet checked), and the number of pieces that are not empty."""
    ends: list[tuple[int, int]] = []
    while begin < end:
        stop = buffer.index(0, begin)
        if stop > begin:
            ends.append((begin, stop))
        begin = stop + 1
    places = []
    for start, stop in ends:
        if not MIN_ENCODED_BYTES <= stop - start <= MAX_ENCODED_BYTES:
            continue
        at = start
        while at < stop:
            code = buffer[at]
            buffer[at] = 0
            at += code
        if at == stop:
            places.append((start + 1, stop - 2))
    return places, len(ends)


def _many(buffer: bytearray, begin: int, *, end: int) -> tuple[Places, int]:
    """The same for many frames at once: one step of all pointers is one call."""
    flat = np.frombuffer(buffer, np.uint8)
    stops = np.flatnonzero(flat[begin:end] == 0) + begin
    starts = np.empty_like(stops)
    starts[0], starts[1:] = begin, stops[:-1] + 1
    lengths = stops - starts
    plausible = (lengths >= MIN_ENCODED_BYTES) & (lengths <= MAX_ENCODED_BYTES)
    n_pieces = int(np.count_nonzero(lengths))
    starts, stops = starts[plausible], stops[plausible]
    # A pointer that has reached its delimiter stays there, since a delimiter is 0; one that overshoots never equals its end.
    at, visited = starts, [starts]
    while (at < stops).any():
        for _ in range(_STEPS_BETWEEN_CHECKS):
            at = at + flat.take(at, mode="clip")
            visited.append(at)
    sound = at == stops
    flat[np.concatenate(visited).reshape(len(visited), -1)[:, sound]] = 0
    return list(zip((starts[sound] + 1).tolist(), (stops[sound] - 2).tolist(), strict=True)), n_pieces
