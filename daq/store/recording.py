"""One file per person and sitting: every input and everything sent, in processing order, as MCAP that any MCAP tool opens.

A recording begins with a header (profile ``limb-daq``) and a metadata record ``limb_daq.setup``: the setup as JSON
(``Setup.as_table``), its CRC-32, and the wall time at which the session began. Chunks follow, one every 100 ms, compressed
with zstd, each with its checksum; the messages in them are described in ``daq.store.message``. The order of the file is the
order of processing; ``sequence`` counts the messages from 0, so that a missing chunk shows. ``log_time`` is ``t_ns``,
nanoseconds since the session began. Two items may have the same time, and times may step back: read in file order.
A recording that was closed ends with statistics and an index; one that was not can be read up to its last whole chunk.
A damaged chunk is left out, and reading goes on behind it; the channels are declared again every few seconds for that case.
"""

from __future__ import annotations

from daq.store.message import Item
from daq.store.reader import Recording, read_recording
from daq.store.salvage import Salvaged, salvage
from daq.store.writer import PART, SUFFIX, Acknowledged, RecordingWriter

__all__ = [
    "PART",
    "SUFFIX",
    "Acknowledged",
    "Item",
    "Recording",
    "RecordingWriter",
    "Salvaged",
    "read_recording",
    "salvage",
]
