"""Simulate tilt series of specimens that are known."""
