"""All code that may lie next to student code. The folder is the allow-list: a box sees these files
and no others of the grader, and they import nothing but each other.
"""
