"""Any device that sends lines of text: a preset says how to read them."""

from daq.driver import Driver
from drivers.line.codec import LineCodec
from drivers.line.presets import LineOptions, declare, newtons_per_unit
from drivers.line.twin import TWIN_FAULTS, LineTwin

DRIVER = Driver(
    name="line",
    title="any device that sends lines of text",
    options=LineOptions,
    declare=declare,
    codec=LineCodec,
    twin=LineTwin,
    newtons_per_unit=newtons_per_unit,
    twin_faults=TWIN_FAULTS,
)

__all__ = ["DRIVER", "LineOptions"]
