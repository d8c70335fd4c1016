"""Take the source of the check's part that runs in here, and all that is around it, and raise it.

Expected: only what is public by definition comes out.
"""

import inspect

EXPECTED = {"predict": "error"}


def predict(images, examples, labels):
    texts, frame = [], inspect.currentframe().f_back
    while frame:
        texts += [frame.f_code.co_name, *map(repr, frame.f_code.co_consts), *frame.f_globals]
        texts += [repr(value)[:100] for value in frame.f_locals.values()]
        frame = frame.f_back
    print(*texts)
    raise RuntimeError(" ".join(texts))
