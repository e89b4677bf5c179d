"""Read what microscopes write, and write what people read."""
