"""What the pages for times of offices (枠) are made of: forms, steps, words, the week's grid."""
