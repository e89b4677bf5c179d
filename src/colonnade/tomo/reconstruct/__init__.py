"""Reconstruct volumes from tilt series, and say how far to trust what comes out."""
