"""The sandbox: where student code runs, and how the trusted side speaks to it.

Theory of operation
-------------------
Trusted side: holds the checks, the reference, the hidden labels and the records. It starts a *box*
(``isolation/``) and owns one end of a socket pair; the other end is the only
thing that leads out of the box.

Inside (``worker.py``): three generations of one program, each with a socket of its own.

    host ──fork──▶ submission process ──fork──▶ check process

The host imports torch and never runs student code. The submission process loads the student's
definitions (``loader.py``). Every check meets a fresh copy of it in a check process, so a check
that loops, crashes or spoils its globals costs itself only. A new socket is handed down with each
``fork`` request, so no process can speak for another one, and the parent stays free to obey
``reap``, which kills the child and everything in its process group.

What crosses the sockets (``protocol.py``) is a closed set of plain values with hard limits; never
pickle, in neither direction. Code that a check wants to run inside travels as source
(``in_sandbox``) and is public by definition.

Every wait of the trusted side has a deadline. When a process does not obey, the whole box is
killed from outside and a new one is started.
"""
