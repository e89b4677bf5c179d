"""From the columns of every frame to the columns of the film: which is which, and where it is."""
