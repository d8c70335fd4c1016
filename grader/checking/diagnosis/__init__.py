"""Naming a mistake: by the values of known wrong versions, else by what is suspicious in the text."""
