"""Upscale images and volumes, and say how far to trust what comes out."""
