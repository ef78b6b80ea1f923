"""Operating-system handles in, chunks out."""
