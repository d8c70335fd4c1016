"""From what somebody handed in to Python that can be loaded: found, read, its definitions located.
Nothing of it is run here.
"""
