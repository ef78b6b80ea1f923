"""Twins at the far end of the wire: a loop link, a pseudo-terminal, virtual time; scenarios, waveforms, faults."""
