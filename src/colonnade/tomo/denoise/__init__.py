"""Take noise out of projections, and of images in general."""
