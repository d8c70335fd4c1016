print("BREACH: imported outside") if "box" not in __import__("os").getcwd() else None


def right():
    return 0.0
