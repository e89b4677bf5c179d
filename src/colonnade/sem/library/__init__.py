"""Pairs of coarse and sharp images: simulated, and kept on disk."""
