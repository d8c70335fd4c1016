"""The public checks on a student's own machine, in the terminal and in a notebook."""
