"""The names of a zip's members as text: a zip does not say in which encoding they are.

A name that is marked as UTF-8 is, and one that is valid UTF-8 is taken for it. Else the field
0x7075 of Info-ZIP has the name, if it belongs to these bytes. What is left is of one encoding, that
of the system which made the zip: the first in which every name can be read and looks like one.
"""

from __future__ import annotations

import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping

UTF_8 = 0x800  # bit of the general purpose flag (PKWARE APPNOTE 4.4.4)
UNICODE_PATH = 0x7075  # an extra field (APPNOTE 4.6.9)

HAN = r"\u3005\u3400-\u9fff\uf900-\ufaff"
KANA = r"\u3040-\u30ff"
FULL_WIDTH = r"\u3000-\u3020\uff01-\uff5e"  # signs and letters of Chinese and Japanese text


def names(members: Iterable[zipfile.ZipInfo]) -> list[str]:
    """The name of each member, in their order."""
    found: list[str | bytes] = [_name(info) for info in members]
    unclear = [name for name in found if isinstance(name, bytes)]
    encoding = _encoding(unclear)
    return [name if isinstance(name, str) else name.decode(encoding, "replace") for name in found]


def _name(info: zipfile.ZipInfo) -> str | bytes:
    """The name as text, or as bytes where nothing says in which encoding it is."""
    if info.flag_bits & UTF_8:
        return info.filename
    try:
        raw = info.orig_filename.encode("cp437")  # as zipfile decodes it
    except UnicodeEncodeError:  # zipfile knew better
        return info.filename
    raw = raw.partition(b"\0")[0]
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return _unicode_path(info.extra, raw) or raw


def _unicode_path(extra: bytes, raw: bytes) -> str:
    """The name in the extra field; "" if there is none, or one for other bytes."""
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == UNICODE_PATH and field[1:5] == struct.pack("<I", zlib.crc32(raw)):
            return field[5:].decode("utf-8", "replace")
    return ""


def _encoding(unclear: list[bytes]) -> str:
    """The encoding of these names; cp437, the zip format's own, where none fits."""
    for encoding, looks_right in LIKELY.items():
        try:
            texts = [raw.decode(encoding) for raw in unclear]
        except UnicodeDecodeError:
            continue
        if looks_right(texts):
            return encoding
    return "cp437"


def _is_in(script: str) -> Callable[[list[str]], bool]:
    """A test of whether names are in an East Asian script, and not Western ones misread: there two
    bytes are taken for one character, which then stands alone between Latin letters."""
    foreign = re.compile(rf"[^\x00-\x7f{script}{FULL_WIDTH}]")
    run = re.compile(rf"[{script}]+")

    def looks_right(texts: list[str]) -> bool:
        whole = alone = 0
        for text in texts:
            if foreign.search(text):
                return False
            for found in run.finditer(text):
                around = text[max(found.start() - 1, 0) : found.start()] + text[found.end() :][:1]
                is_alone = len(found[0]) == 1 and any(c.isalpha() for c in around)
                alone, whole = alone + is_alone, whole + (not is_alone)
        return whole >= max(alone, 1)

    return looks_right


def _are_western(texts: list[str]) -> bool:
    """Whether all letters are Latin ones, none of them a capital within a word."""
    special = [c for text in texts for c in text if not c.isascii()]
    within = re.compile(r"[a-zß-öø-ÿ](?=[^\x00-\x7f])(?=[A-ZÀ-ÖØ-Þ])")
    return all(
        unicodedata.name(c, "").startswith("LATIN") and c.isalpha() for c in special
    ) and not any(within.search(text) for text in texts)


LIKELY: Mapping[str, Callable[[list[str]], bool]] = {
    "gb2312": _is_in(HAN),
    "shift_jis": _is_in(HAN + KANA),
    "big5": _is_in(HAN),
    "gb18030": _is_in(HAN),
    "cp437": _are_western,
    "cp850": _are_western,
    "cp1252": _are_western,
}
