"""A small stand-in for the package d2lzh_pytorch that older course files import."""

from d2lzh_pytorch.utils import *  # noqa: F403
