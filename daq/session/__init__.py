"""Inputs in, state out: a pure fold. Codecs, tracks, the guided test, trials, and the frozen snapshot that a screen pulls."""
