"""Tilt series and their true volumes on disk."""
