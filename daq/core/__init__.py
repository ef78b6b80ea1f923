"""Samples in, filtered force on a time axis out: time base, join, filter, ring, detector."""
