"""Snapshots in, a screen out: pulls thirty times a second, sends commands down, touches no port and no file."""
