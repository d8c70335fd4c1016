"""Instances of a student's class that inherits from a plain type: a plain value and an object.

``class Result(NamedTuple)``, ``class Loss(float)``, ``class Sums(list)``: a check may compare,
index and compute with one as with a tuple, a float or a list, send it back, where it is the very
object that it was, and call the methods that the student added. What the plain type does is done
out here: a value is never asked whether it is equal to another.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from grader.errors import ProtocolError
from grader.sandbox.inside import protocol
from grader.sandbox.inside.protocol import CodecError
from grader.sandbox.proxies import Conversation, RemoteObject

KINDS = (int, float, str, bytes, list, tuple, dict, torch.Tensor, np.ndarray)


class RemoteValue:
    """What makes an object of the box of a plain value."""

    _object: RemoteObject
    _value: Any  # of exactly the plain type
    __torch_function__ = torch._C._disabled_torch_function_impl  # so results are plain tensors

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """A method that the plain type does not have."""
        if name.startswith("_"):
            raise AttributeError(name)
        return functools.partial(self._ask, name)

    def __reduce_ex__(self, version: Any) -> tuple[Any, ...]:
        return copy.copy, (self._value,)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return copy.deepcopy(self._value, memo)

    def _ask(self, name: str, *arguments: Any, **keywords: Any) -> Any:
        """Call a method in the box. It may have changed a list or a dict, which is read anew."""
        answer = self._object._method(name, *arguments, **keywords)
        if isinstance(self, (list, dict)):
            self._renew(self._object._conversation.request("itself", target=self._object))
        return answer

    def _renew(self, value: Any) -> None:
        """Hold what it is now. Raises ProtocolError for a value of another type."""
        value = value._value if isinstance(value, RemoteValue) else value
        if type(value) is not type(self._value):
            raise ProtocolError("it gave a value of another type for an object")
        self._value = value
        if isinstance(self, list):
            list.__init__(self, value)
        elif isinstance(self, dict):
            dict.clear(self)
            dict.update(self, value)


@functools.cache
def _class(kind: Any) -> Any:
    return type(kind.__name__, (RemoteValue, kind), {})


def remote(conversation: Conversation, node: Any, value: Any = None) -> Any:
    """What the trusted side has of an object of the box: `value` is the plain value of an Instance.

    Raises CodecError for a node that may not leave the box, and for an Instance of no plain type.
    """
    if not isinstance(node, protocol.Instance):
        return RemoteObject(conversation, node)
    kind: Any = type(value)
    if kind not in KINDS:
        raise CodecError("an instance that is no plain value")
    cls = _class(kind)
    if kind is torch.Tensor:
        made = torch.Tensor._make_subclass(cls, value, value.requires_grad)
    else:
        made = value.view(cls) if kind is np.ndarray else cls(value)
    made._object = RemoteObject(conversation, protocol.Reference(node.number, node.type_name))
    made._value = value
    return made


def node_of(value: object) -> Any:
    """The node that a RemoteValue is sent as into the box; None for any other."""
    return value._object._node if isinstance(value, RemoteValue) else None


def plain(value: Any) -> Any:
    """The value without the objects of the box that it or parts of it are."""
    if isinstance(value, RemoteValue):
        value = value._value
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, tuple):
        return tuple(plain(part) for part in value)
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return value
