"""What is counted, listed and filed of the screenings of a trial. Nothing here writes a row."""
