"""Naming a mistake: by the values of known wrong versions, else by suspicious text."""
