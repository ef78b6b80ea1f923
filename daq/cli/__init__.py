"""Words typed to calls: one file per verb."""
