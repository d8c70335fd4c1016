"""How a box is kept apart from the machine: levels, launch plans, processes, and the probe that
tries them.
"""
