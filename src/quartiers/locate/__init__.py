"""locate: in which QPV, how far, known how."""
