"""Make system calls by the numbers of 32-bit machines (int 0x80) and of x32, past the filter.

Expected: the process is killed at once; on other machines nothing is tried.
"""

import ctypes
import mmap
import os

EXPECTED = {"echo": "error", "secret_sum": "error"}
SOCKET_32 = bytes.fromhex("53 b867010000 bb02000000 b901000000 31d2 cd80 5b c3")  # socket(INET, STREAM)


def echo(x):
    if os.uname().machine != "x86_64":
        os._exit(0)
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(SOCKET_32)
    call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    raise RuntimeError(f"BREACH: socket by int 0x80: {call()}")


def secret_sum(x):
    if os.uname().machine != "x86_64":
        os._exit(0)
    answer = ctypes.CDLL(None).syscall(ctypes.c_long(0x40000000 + 41), 2, 1, 0)
    raise RuntimeError(f"BREACH: socket by x32: {answer}")
