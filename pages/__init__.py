"""What staff see: the pages that show things of several apps at once."""
