"""Readings of a device in, newtons with their uncertainty out: certificates and what they do to numbers."""

from calibration.certificate import Calibration, CalibrationError, Status, from_unit, load, text_of

__all__ = ["Calibration", "CalibrationError", "Status", "from_unit", "load", "text_of"]
