"""Administration over the programming interface: the acts and the forms of the pages, for administrators alone."""
