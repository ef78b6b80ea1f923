"""Newtons to the units people read, names to text that is safe to show; the only place that formats a quantity for people."""

from __future__ import annotations

import math
import unicodedata

STANDARD_GRAVITY_M_PER_S2 = 9.80665
NEWTONS_PER_KGF = 9.80665
NEWTONS_PER_LBF = 4.4482216
NEWTONS_PER_UNIT = {"N": 1.0, "kg": NEWTONS_PER_KGF, "lb": NEWTONS_PER_LBF}

MISSING = "—"
_LONGEST_NAME = 64


def clean_name(text: str, *, longest: int = _LONGEST_NAME) -> str:
    """Text from a person or a device without control, escape, format (bidi) and surrogate characters, cut to ``longest``.

    Everything that is not typed by us passes here before it reaches a screen, a file name or a log.
    """
    kept = "".join(" " if c in "\t\r\n" else c for c in text if unicodedata.category(c)[0] != "C" or c in "\t\r\n")
    return " ".join(kept.split())[:longest]


def slug(text: str, *, longest: int = 40) -> str:
    """A file-name part: ASCII letters, digits and ``-`` only, never empty, never a path."""
    plain = unicodedata.normalize("NFKD", clean_name(text)).encode("ascii", "ignore").decode()
    words = "".join(c.lower() if c.isalnum() else " " for c in plain).split()
    return "-".join(words)[:longest].strip("-") or "unnamed"


def sentence(text: str) -> str:
    """``text`` with one full stop, unless it ends a sentence already."""
    return text if text.endswith((".", "?", "!", "…")) else f"{text}."


def decimals_for(u: float | None, *, default: int = 0, most: int = 4) -> int:
    """How many decimals a value with standard uncertainty ``u`` deserves: the place of the first digit of ``2 u``."""
    if u is None or not math.isfinite(u) or u <= 0:
        return default
    return max(0, min(most, -math.floor(math.log10(2 * u))))


def text_of(value: float | None, *, decimals: int = 0, unit: str = "") -> str:
    """``value`` with a fixed number of decimals and its unit; a dash where there is none. Never ``-0``."""
    if value is None or not math.isfinite(value):
        return MISSING
    rounded = round(value, decimals) + 0.0
    body = f"{rounded:.{decimals}f}"
    return f"{body} {unit}" if unit else body
