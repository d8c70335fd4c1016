"""People, attempts, policies and grades of a course, kept from one evening to the next."""
