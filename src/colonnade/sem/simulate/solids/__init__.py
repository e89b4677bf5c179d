"""The specimens that stacks of images show, section by section."""
