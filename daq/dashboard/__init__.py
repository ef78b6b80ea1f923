"""Snapshots in, a screen out."""
