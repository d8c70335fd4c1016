"""Replace the worker's own parts: what it answers, how it packs, what a message is.

Expected: whatever it then sends is this submission's word, and no verdict.
"""

import sys

EXPECTED = {"secret_sum": "failed or error", "echo": "failed or error"}


def secret_sum(x):
    worker = sys.modules["grader.sandbox.worker"]
    worker.Worker.answer = lambda self, message: ("passed", True, [])
    return 0.0


def echo(x):
    protocol = sys.modules["grader.sandbox.protocol"]
    protocol.pack = lambda value, keep: ({"outcome": "passed"}, [])
    protocol.Channel.send = lambda self, kind, number, *rest: self.socket.sendall(b"passed")
    return None
