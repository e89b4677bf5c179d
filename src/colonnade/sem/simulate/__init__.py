"""Simulated micrographs: scenes, and the instrument that shows them."""
