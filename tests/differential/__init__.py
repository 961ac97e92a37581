"""The product and the naive reading, held against each other on invented patients."""
