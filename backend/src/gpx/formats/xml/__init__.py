"""XML track logs: an expat automaton, and a scanner that reads regular points without it."""
