"""From uploads to records and points: a session for one submission after another, engines that have
several, here or on other machines, the folder of results.
"""
