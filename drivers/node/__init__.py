"""Our own firmware: frames of counts with an index and a clock, as ``firmware/PROTOCOL.md`` defines them."""

from daq.driver import Driver
from drivers.node.codec import NodeCodec
from drivers.node.options import COUNTS_PER_N, NodeOptions, declare
from drivers.node.twin import TWIN_FAULTS, NodeTwin

DRIVER = Driver(
    name="node",
    title="limb-daq node (our own firmware)",
    options=NodeOptions,
    declare=declare,
    codec=NodeCodec,
    twin=NodeTwin,
    newtons_per_unit=lambda _: 1 / COUNTS_PER_N,
    twin_faults=TWIN_FAULTS,
)

__all__ = ["DRIVER", "NodeOptions"]
