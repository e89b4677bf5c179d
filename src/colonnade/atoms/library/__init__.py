"""Labelled images in numbers: simulated, kept on disk, brought in, split and shown."""
