"""All columns of an image fitted together, and what is known of each afterwards."""
