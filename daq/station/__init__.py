"""Ports, clocks and tasks in, a recorded and folded stream of inputs out: the only place with tasks and wall time."""
