"""Points in whole hundredths, so that sums are exact, and how people write them."""

from __future__ import annotations


def hundredths(points: float) -> int:
    """Points as the whole number of hundredths in which they are reckoned."""
    return round(100 * points)


def number(amount: int) -> str:
    """Hundredths of a point as a person writes points: 12 or 1.09, with a true minus sign."""
    text = f"{abs(amount) / 100:.2f}".rstrip("0").rstrip(".")
    return f"−{text}" if amount < 0 else text


def signed(amount: int) -> str:
    """Hundredths of a point as a change: +3 or −10."""
    return number(amount) if amount < 0 else f"+{number(amount)}"
