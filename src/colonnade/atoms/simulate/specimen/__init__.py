"""What lies under the beam: crystals, their defects and shapes, films and single atoms."""
