"""From uploads to records and points: a session for one submission after another, a pool of jobs,
the folder of results.
"""
