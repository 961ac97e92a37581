"""What every form and address of the pages gets for what it cannot use: the tries, their answers, the document."""
