"""Devices people own: one file each, codec, twin and one constant."""
