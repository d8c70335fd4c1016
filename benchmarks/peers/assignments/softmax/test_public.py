"""None: all seven questions are hidden."""
