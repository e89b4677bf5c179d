"""Compare methods that upscale micrographs, and study how training decides what networks show."""
