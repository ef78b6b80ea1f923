"""Raw newtons of a finished effort in, values out: pure functions, one module per family of metrics."""
