"""Particles and pores as regions of an image or a volume: their outlines, sizes and intervals."""
