"""Windows of a Visdom server, as document 002 has them: curves, images and text."""

from __future__ import annotations

import html
import logging
import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from grader.i18n.words import _
from grader.monitor.backend import Axes, Backend, Point, Unavailable
from grader.monitor.pictures import Pictures

ADDRESS = "http://localhost:8097"
ENVIRONMENT = "main"  # the page that a server shows first
CONNECT_SECONDS, ANSWER_SECONDS = 2.0, 4.0
INSTALL = 'pip install "setuptools<81" wheel, then pip install --no-build-isolation visdom'
SEEN = 64  # the pixels that a small image is enlarged to, at most
COLUMNS = 8
FRAME = 12  # the pixels that a window has around its images
USUAL = ("usual, from", "usual, to")


def backend(place: str) -> VisdomServer:
    """place: the server's address, such as http://host:8097 or host:8097; ADDRESS without it."""
    try:
        import visdom
    except ImportError:
        text = _("Visdom is not installed here: {command}.")
        raise Unavailable(text.format(command=INSTALL)) from None
    logging.getLogger("visdom").setLevel(logging.ERROR)  # it announces each session
    address = urlsplit(place if "://" in place else f"http://{place}" if place else ADDRESS)
    try:
        port = address.port or 8097
    except ValueError:
        port = 0
    if not address.hostname or not 0 < port < 65536:
        text = _("{address!r} is no address of a server: {example}.")
        raise Unavailable(text.format(address=place, example=f"visdom:{ADDRESS}"))
    return VisdomServer(visdom.Visdom, address.scheme, address.hostname, port, address.path)


class VisdomServer(Backend):
    """Sends what comes together in one request for each line. A server that is not there, or does
    not answer within seconds, ends it."""

    is_slow = True

    def __init__(self, client: Any, scheme: str, host: str, port: int, path: str) -> None:
        host = f"[{host}]" if ":" in host else host
        self._client_class = client
        self._server, self._port, self._path = f"{scheme}://{host}", port, path.rstrip("/") or "/"
        self._client: Any = None
        self._axes: dict[str, Axes] = {}
        self._lines: dict[str, set[str]] = defaultdict(set)  # of each window that is there
        self._usual: dict[str, set[float]] = defaultdict(set)  # steps of which it is there
        self.where = f"{self._server}:{port}{path.rstrip('/')}"

    def axes(self, window: str, axes: Axes) -> None:
        self._axes[window] = axes

    def points(self, points: Sequence[Point]) -> None:
        lines: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
        for point in points:
            if point.usual is not None and point.step not in self._usual[point.window]:
                self._usual[point.window].add(point.step)
                for line, bound in zip(USUAL, point.usual):
                    lines[point.window, line].append((point.step, bound))
            lines[point.window, point.label].append((point.step, point.value))
        for (window, line), pairs in lines.items():
            self._append(window, line, pairs)

    def images(self, window: str, pictures: Pictures) -> None:
        shown = pictures.images.transpose(0, 3, 1, 2) / 255  # so that white lies between them
        right = pictures.right
        title = f"{window}: {sum(right)} of {len(right)} right" if right else window
        times = max(1, SEEN // shown.shape[-1])  # a browser shows a pixel for each, and no frame
        shown = shown.repeat(times, axis=2).repeat(times, axis=3)
        columns = min(COLUMNS, len(shown))
        height, width = (side + 4 for side in shown.shape[2:])
        rows = math.ceil(len(shown) / columns)
        size = {"width": columns * width + FRAME, "height": rows * height + FRAME}
        self._send("images", shown, win=window, nrow=columns, opts={"title": title, **size})

    def text(self, window: str, text: str) -> None:
        self._send("text", html.escape(text), win=window, opts={"title": window})

    def _append(self, window: str, line: str, pairs: list[tuple[float, float]]) -> None:
        """More points of one line; the first one of a window makes it anew."""
        axes = self._axes.get(window, Axes())
        name = axes.legend.get(line, line)
        known, is_new = self._lines[window], not self._lines[window]
        known.add(line)
        x, y = zip(*pairs)
        options = {"title": axes.title or window, "showlegend": True, "legend": [name]}
        options |= _options(axes)
        if is_new:
            self._send("line", Y=_array(y), X=_array(x), win=window, opts=options)
        else:
            more = {"update": "append", "name": name}
            self._send("line", Y=_array(y), X=_array(x), win=window, opts={}, **more)

    def _send(self, what: str, *values: Any, **options: Any) -> None:
        import requests

        try:
            if self._client is None:
                self._client = _patient(self._client_class)(
                    server=self._server,
                    port=self._port,
                    base_url=self._path,
                    env=ENVIRONMENT,
                    raise_exceptions=True,
                    use_incoming_socket=False,
                    send=False,  # else it warns, by a deprecated method, that it hears nothing
                )
                self._client.send = True
            getattr(self._client, what)(*values, **options)
        except (ConnectionError, requests.RequestException):
            text = _("No Visdom server answers at {address}. Start one: {command}.")
            command = f"python -m visdom.server -port {self._port}"
            raise Unavailable(text.format(address=self.where, command=command)) from None


def _patient(client: Any) -> Any:
    """The client with an end to its patience."""

    class Client(client):
        def _handle_post(self, url: str, data: Any = None) -> str:
            seconds = (CONNECT_SECONDS, ANSWER_SECONDS)
            answer = self.session.post(url, data=data or {}, timeout=seconds)
            answer.raise_for_status()
            return str(answer.text)

        def win_exists(self, win: Any, env: Any = None) -> bool:
            """It was made by us: asking again would be a second request for each."""
            return True

    return Client


def _array(values: Sequence[float]) -> np.ndarray:
    """Numbers for JSON as browsers read it: what is not finite is a gap."""
    found = np.asarray(values, dtype=float)
    return np.where(np.isfinite(found), found, np.nan)


def _options(axes: Axes) -> dict[str, Any]:
    """How a window is drawn, in Visdom's words."""
    found: dict[str, Any] = {"xlabel": axes.xlabel, "ylabel": axes.ylabel}
    for axis, limits, scale in (("x", axes.xlim, axes.xscale), ("y", axes.ylim, axes.yscale)):
        if limits is not None:
            found |= {f"{axis}tickmin": limits[0], f"{axis}tickmax": limits[1]}
        if scale == "log":
            found[f"{axis}type"] = "log"
    return {name: value for name, value in found.items() if value != ""}
