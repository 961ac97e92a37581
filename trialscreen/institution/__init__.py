"""The institution that runs the application: the bottom layer, which imports none of the others."""
