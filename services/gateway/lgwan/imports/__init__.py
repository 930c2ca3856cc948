"""取込: lists of persons who may book."""
