"""A file of JSON lines: an object for each point and each text, in the order in which they came."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader.i18n.words import _
from grader.monitor.backend import Backend, Point, Unavailable
from grader.monitor.pictures import Pictures


def backend(place: str) -> JsonLines:
    """place: the file, which is written anew."""
    if not place:
        text = _("It needs the name of a file: {example}.")
        raise Unavailable(text.format(example="json:run.json"))
    return JsonLines(Path(place))


class JsonLines(Backend):
    """Each line is in the file at once. A number that is not finite is null."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8")

    def points(self, points: Sequence[Point]) -> None:
        for point in points:
            told = {
                name: value for name, value in point._asdict().items() if value not in ("", None)
            }
            self._write(told | {"value": point.value if math.isfinite(point.value) else None})

    def images(self, window: str, pictures: Pictures) -> None:
        """Only what is known of them, not the images."""
        self._write(
            {"window": window, "labels": pictures.labels, "predictions": pictures.predictions}
        )

    def text(self, window: str, text: str) -> None:
        self._write({"window": window, "text": text})

    def close(self) -> None:
        self._file.close()

    def _write(self, fields: dict[str, Any]) -> None:
        self._file.write(json.dumps(fields) + "\n")
        self._file.flush()
