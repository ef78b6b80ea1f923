"""The colours, in the one place that knows any: blue left and orange right, told apart by every kind of colour vision."""

from __future__ import annotations

from types import MappingProxyType

from textual.theme import Theme

# Left, right and warning are those of Okabe and Ito (2008), darkened on white until text has a contrast of 4.5.
DARK = Theme(
    name="limb-dark",
    primary="#56B4E9",
    secondary="#E69F00",
    accent="#2FD6A3",
    warning="#E08BB8",
    error="#E08BB8",
    success="#2FD6A3",
    foreground="#DDE3EA",
    background="#0F1318",
    surface="#0F1318",
    panel="#1A2028",
    dark=True,
    variables={"limb-left": "#56B4E9", "limb-right": "#E69F00", "limb-both": "#F4F6F8"},
)
LIGHT = Theme(
    name="limb-light",
    primary="#0063A0",
    secondary="#A35200",
    accent="#00694A",
    warning="#9B3F78",
    error="#9B3F78",
    success="#00694A",
    foreground="#1B2129",
    background="#FAFAF7",
    surface="#FAFAF7",
    panel="#ECECE6",
    dark=False,
    variables={"limb-left": "#0063A0", "limb-right": "#A35200", "limb-both": "#1B2129"},
)
FALLBACK = MappingProxyType(dict(DARK.variables))
