"""What an author makes: assignments, solutions, templates, known mistakes, data sets; and what
leaves the course for students and services.
"""
