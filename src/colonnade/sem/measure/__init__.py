"""Numbers from micrographs and stacks: particles and pores."""
