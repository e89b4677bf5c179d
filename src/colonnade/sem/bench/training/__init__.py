"""How training decides what networks show: on how many images, how long, of what, and how."""
