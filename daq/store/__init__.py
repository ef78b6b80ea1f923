"""Inputs and trials in; recordings, journal, catalogue, exports and imports out."""
