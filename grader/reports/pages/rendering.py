"""HTML of the parts of a notebook, by the filters of nbconvert, which the extra `pages` brings.

What comes out holds no link, no picture, no attribute but a class, and nothing active.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bleach.sanitizer import Cleaner
from mistune import HTMLRenderer
from nbconvert.filters import Highlight2HTML, ansi2html
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

# Tags that only say how a text is set out.
TAGS = frozenset(
    {"p", "em", "strong", "del", "code", "pre", "blockquote", "hr", "br", "ul", "ol", "li"}
    | {"table", "thead", "tbody", "tr", "th", "td"}
    | {f"h{level}" for level in range(1, 7)}
)
HEADING = re.compile(r"<h([1-6])>(.*?)</h\1>", re.DOTALL)
PLAIN_SPAN = re.compile(r'<span class="(?:n|w|p|o|nn|bp|)">([^<]*)</span>')  # of no colour
STYLE = re.compile(r' style="[^"]*"')

BOX = '<div class="wide" role="group" tabindex="0">'  # around what may be wider than a phone
MOST_KNOWN = 2_000  # cells: those of a handout are the same for everybody

_highlight = Highlight2HTML(pygments_lexer="python3")
_cleaner = Cleaner(TAGS, {}, [], strip=True)


class _Renderer(IPythonRenderer):
    """Markdown without pictures, and without a lexer that a notebook chooses."""

    def block_code(self, code: str, info: str | None = None) -> str:
        return HTMLRenderer.block_code(self, code)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return f"[{text}]"


@lru_cache(MOST_KNOWN)
def markdown(source: str) -> str:
    """Markdown as HTML. Its headings are all one step below that of the notebook, so that the page
    leaves no step out; a class tells which they were."""
    renderer = _Renderer(escape=False, exclude_anchor_links=True)
    html = _cleaner.clean(MarkdownWithMath(renderer=renderer).render(source))
    html = html.replace("<table>", f"{BOX}<table>").replace("</table>", "</table></div>")
    return HEADING.sub(r'<h3 class="level-\1">\2</h3>', html)


@lru_cache(MOST_KNOWN)
def code(source: str) -> str:
    """Python with classes for what has a colour."""
    html = _highlight(source)
    inner = html[html.index("<pre>") + len("<pre>") : html.rindex("</pre>")]
    return PLAIN_SPAN.sub(r"\1", inner)


def coloured(text: str) -> str:
    """A terminal's text with classes for its colours."""
    return STYLE.sub("", ansi2html(text))
