"""Pages in HTML: one for each student, one for a class; each is one file that needs no network."""
