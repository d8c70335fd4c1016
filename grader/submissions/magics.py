"""IPython's magics made calls of Python. Importing this imports IPython, which takes half a second;
few submissions need it."""

from __future__ import annotations

import warnings

from IPython.core.inputtransformer2 import TransformerManager


class _Transformer(TransformerManager):
    """Gives up on a text that it would have to go through too often."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.left = most

    def do_one_token_transform(self, lines: list[str]) -> tuple[bool, list[str]]:
        self.left -= sum(map(len, lines))
        if self.left < 0:
            raise RuntimeError("there are too many magics")
        return super().do_one_token_transform(lines)


def without_magics(source: str, most: int) -> str:
    """Source with its magics made calls; as it is, if that is more work than going through `most`
    characters, and if IPython cannot make anything of it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _Transformer(most).transform_cell(source)
    except Exception:  # whatever IPython raises for a text that nobody has written for it
        return source
