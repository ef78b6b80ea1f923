r"""Ways of writing a force into a line of text, one value each: add yours to ``PRESETS``.

A pattern has one named group per channel, and where the line tells them ``time`` and ``unit``. ``{number}`` stands for
any number, also with blanks behind its sign, and also nan and inf, so that such a line is known as what it is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from daq.driver import Declaration, Described, Framing, Loss, SerialSpec, Starts
from daq.units import NEWTONS_PER_UNIT

NUMBER = r"[+-]?[ \t]*(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|nan|inf(?:inity)?)"
ARRIVAL_TICK_HZ = 1e9
COUNTS_PER_N = 1000.0
_SLOW_HZ = 3.0
_N_UNANSWERED = 3
_SHORTEST_STALL_S, _SHORTEST_LOSS_S = 0.25, 1.0

# Unit as devices write it, in small letters -> the unit of the values, and what one of theirs is divided by.
UNITS: dict[str, tuple[str, float]] = {
    "n": ("N", 1.0),
    "newton": ("N", 1.0),
    "newtons": ("N", 1.0),
    "kn": ("N", 1e-3),
    "mn": ("N", 1e3),
    "kg": ("kg", 1.0),
    "kgs": ("kg", 1.0),
    "kgf": ("kg", 1.0),
    "g": ("kg", 1e3),
    "gf": ("kg", 1e3),
    "lb": ("lb", 1.0),
    "lbs": ("lb", 1.0),
    "lbf": ("lb", 1.0),
    "oz": ("lb", 16.0),
    "ozf": ("lb", 16.0),
    "counts": ("counts", 1.0),
}


@dataclass(frozen=True, slots=True)
class Preset:
    """One layout of lines. ``unit`` is any of ``UNITS``, taken where the line tells none.

    ``time_hz``: steps a second of the time field, which wraps at 2^32; 0 where there is none. ``rate_hz`` 0 = unknown.
    ``poll_hz`` with ``poll``: how often it is asked. ``errors``: whole lines and what they mean.
    ``render`` is the line as the twin writes it (per channel also its ``_sign`` and ``_size``), ``banner`` what it says
    when it is switched on, ``twin_hz`` its rate where ``rate_hz`` is 0.
    """

    pattern: str
    render: str
    channels: tuple[str, ...] = ("force",)
    baud: int = 115_200
    unit: str = "N"
    rate_hz: float = 0.0
    time_hz: float = 0.0
    poll: bytes = b""
    poll_hz: float = 0.0
    start: bytes = b""
    stop: bytes = b""
    tare: bytes = b""
    errors: Mapping[str, str] = field(default_factory=dict)
    eol: bytes = b"\r\n"
    banner: tuple[str, ...] = ()
    twin_hz: float = 80.0

    def compiled(self) -> re.Pattern[str]:
        """The pattern of a whole line without its ending."""
        return re.compile(self.pattern.replace("{number}", NUMBER), re.IGNORECASE | re.ASCII)


_UNIT = r"(?P<unit>[A-Za-z]{1,7})"
_MARK10_ERRORS = {
    "*10": "The gauge says: illegal command. Choose the preset of its series.",
    "*11": "The gauge says: command not applicable. Leave its menu, or choose another mode on the gauge.",
    "*12": "The gauge says: invalid specifier. Choose the preset of its series.",
    "*22": "The gauge says: the number is too large. Check its settings.",
}
_MARK10 = rf"[ \t]*(?P<force>{{number}})(?:[ \t]*{_UNIT})?[ \t]*"

PRESETS: dict[str, Preset] = {
    "plain": Preset(pattern=r"[ \t]*(?P<force>{number})[ \t]*", render="{force:.2f}", baud=9600, twin_hz=10.0),
    "t;F": Preset(
        pattern=r"[ \t]*(?P<time>\d{1,18})[ \t]*;[ \t]*(?P<force>{number})[ \t]*;?",
        render="{time};{force:.2f}",
        time_hz=1e6,
        eol=b"\n",
    ),
    "t,L,R": Preset(
        pattern=r"[ \t]*(?P<time>\d{1,18})[ \t]*,[ \t]*(?P<left>{number})[ \t]*,[ \t]*(?P<right>{number})[ \t]*",
        render="{time},{left:.1f},{right:.1f}",
        channels=("left", "right"),
        time_hz=1e3,
    ),
    "openscale": Preset(
        pattern=rf"(?P<time>\d{{1,18}}),(?P<force>{{number}}),{_UNIT},(?:-?[\d.]+,){{0,3}}",
        render="{time},{force:.2f},{unit},25.31,",
        baud=9600,
        unit="lbs",
        time_hz=1e3,
        rate_hz=2.0,
        banner=("OpenScale v1.1", "Serial Load Cell Converter version 1.1", "No remote sensor found", "Readings:"),
    ),
    "hx711-full": Preset(
        pattern=r"one reading:[ \t]*(?P<force>{number})[ \t]*\|[ \t]*average:[ \t]*{number}[ \t]*",
        render="one reading:\t{force:.1f}\t| average:\t{force:.1f}",
        baud=38_400,
        unit="g",
        rate_hz=0.2,
        banner=("HX711 Demo", "Initializing the scale", "Before setting up the scale:", "Readings:"),
    ),
    "hx711-basic": Preset(
        pattern=r"HX711 reading:[ \t]*(?P<force>{number})[ \t]*",
        render="HX711 reading: {force:.0f}",
        baud=57_600,
        unit="counts",
        twin_hz=1.0,
        banner=("HX711 Demo",),
    ),
    "mark10": Preset(
        pattern=_MARK10, render="{force:.2f} {unit}", poll=b"?\r", poll_hz=50.0, tare=b"Z\r", unit="lbF", errors=_MARK10_ERRORS
    ),
    "mark10-auto": Preset(
        pattern=_MARK10, render="{force:.2f} {unit}", tare=b"Z\r", unit="lbF", errors=_MARK10_ERRORS, twin_hz=50.0
    ),
    "wagner": Preset(
        pattern=_MARK10, render="{force_sign}{force_size:7.2f} {unit}", poll=b"?\r\n", poll_hz=10.0, baud=9600, unit="lbf"
    ),
}


@dataclass(frozen=True, slots=True)
class LineOptions:
    """``preset`` names the layout; what is 0, "" or None is the preset's.

    ``rate_hz`` is how often a device speaks, or is asked where it is polled. ``unit`` is taken where no line tells one.
    """

    preset: str = "plain"
    baud: int = 0
    unit: str = ""
    rate_hz: float = 0.0
    settling_s: float | None = None

    def __post_init__(self) -> None:
        if self.preset not in PRESETS:
            raise ValueError(f"preset is {self.preset!r}; choose one of {', '.join(PRESETS)}.")
        if self.baud < 0:
            raise ValueError(f"baud is {self.baud}; give 0 for the preset's {PRESETS[self.preset].baud} or the device's own.")
        if self.unit and self.unit.lower() not in UNITS:
            raise ValueError(f"unit is {self.unit!r}; choose one of {', '.join(sorted(UNITS))}.")
        if not (math.isfinite(self.rate_hz) and self.rate_hz >= 0):
            raise ValueError(f"rate_hz is {self.rate_hz}; give 0 for the preset's or a rate in Hz.")
        if self.settling_s is not None and not (isinstance(self.settling_s, (int, float)) and 0 < self.settling_s < math.inf):
            raise ValueError(f"settling_s is {self.settling_s!r}; leave it out where it is unknown, or give seconds.")

    @property
    def layout(self) -> Preset:
        """The preset."""
        return PRESETS[self.preset]

    @property
    def wire_unit(self) -> str:
        """The unit of a line that tells none, as devices write it."""
        return self.unit or self.layout.unit

    @property
    def nominal_hz(self) -> float | None:
        """Readings a second, as far as anybody said; None where it must be measured."""
        layout = self.layout
        return self.rate_hz or layout.rate_hz or None if not layout.poll else None

    @property
    def poll_s(self) -> float:
        """Seconds between two questions."""
        return 1 / (self.rate_hz or self.layout.poll_hz)

    @property
    def tick_hz(self) -> float:
        """Time field, else readings counted, else the arrival."""
        return self.layout.time_hz or self.nominal_hz or ARRIVAL_TICK_HZ


def described(options: LineOptions, unit: str) -> Described:
    """What is known of a device that sends readings in ``unit`` (as in ``Described``)."""
    return Described(
        unit=unit,
        channels=options.layout.channels,
        tick_hz=options.tick_hz,
        rate_hz=options.nominal_hz,
        settling_s=options.settling_s,
    )


def declare(options: LineOptions) -> Declaration:
    """Loss and start follow from the preset: a time field shows losses, a question or a word starts it."""
    layout = options.layout
    stalled_s = lost_s = None
    rate_hz = options.nominal_hz
    if layout.poll:
        starts = Starts.POLLED
        stalled_s = max(3 * options.poll_s, _SHORTEST_STALL_S)
        lost_s = max(_SHORTEST_LOSS_S, _N_UNANSWERED * stalled_s)
    else:
        starts = Starts.ON_COMMAND if layout.start else Starts.ALWAYS
        # A device of unknown rate may be as slow as its twin's preset.
        slow_hz = rate_hz or layout.twin_hz
        if slow_hz < _SLOW_HZ:
            stalled_s, lost_s = 3 / slow_hz, 6 / slow_hz
    return Declaration(
        spec=SerialSpec(baud=options.baud or layout.baud),
        framing=Framing.STREAM,
        loss=Loss.CLOCK if layout.time_hz else Loss.NONE,
        starts=starts,
        defaults=described(options, UNITS[options.wire_unit.lower()][0]),
        stalled_s=stalled_s,
        lost_s=lost_s,
    )


def newtons_per_unit(options: LineOptions) -> float:
    """What one unit of the readings means to the twin."""
    return NEWTONS_PER_UNIT.get(UNITS[options.wire_unit.lower()][0], 1 / COUNTS_PER_N)
