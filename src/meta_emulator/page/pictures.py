"""Pictures for what has none: products, and media that the seed names without their bytes.

Drawn from the name alone, so that the same product always looks the same.
"""

from hashlib import blake2b
from html import escape

SIZE = 400
HUES = (152, 28, 205, 262, 340, 95, 45, 185)


def product_picture(retailer_id: str, name: str) -> bytes:
    """An SVG with a plant-like figure in colours of its own, and the initials."""
    seed = blake2b(retailer_id.encode(), digest_size=8).digest()
    hue = HUES[seed[0] % len(HUES)]
    letters = "".join(word[0] for word in name.split()[:2]).upper() or "?"
    turn = seed[1] % 60
    petals = "".join(
        f'<ellipse cx="200" cy="122" rx="{34 + seed[2] % 20}" ry="84"'
        f' transform="rotate({turn + place * 60} 200 200)"/>'
        for place in range(6)
    )
    drawn = (
        f'<g fill="hsl({hue} 34% 62%)" fill-opacity=".5">{petals}</g>'
        f'<circle cx="200" cy="200" r="62" fill="hsl({hue} 40% 96%)"/>'
        f'<text x="200" y="219" text-anchor="middle" font-family="sans-serif" font-size="54"'
        f' font-weight="600" fill="hsl({hue} 45% 30%)">{escape(letters)}</text>'
    )
    return _drawing(hue, drawn)


def medium_picture(kind: str, medium_id: str) -> bytes:
    """An SVG that stands for a picture or a film whose bytes nobody has."""
    seed = blake2b(medium_id.encode(), digest_size=8).digest()
    hue = HUES[seed[0] % len(HUES)]
    left, right = 150 + seed[1] % 70, 130 + seed[2] % 80
    drawn = (
        f'<circle cx="{90 + seed[3] % 200}" cy="110" r="34" fill="hsl({hue} 60% 97%)"/>'
        f'<path d="M0 400V{400 - left + 70}L{110 + seed[4] % 40} {400 - left - 30}L300 400Z"'
        f' fill="hsl({hue} 30% 58%)"/>'
        f'<path d="M140 400L{270 + seed[5] % 40} {400 - right - 40}L400 {400 - right + 70}V400Z"'
        f' fill="hsl({hue} 34% 46%)"/>'
    )
    if kind in {"video", "gif"}:
        drawn += (
            '<circle cx="200" cy="200" r="46" fill="#000" fill-opacity=".45"/>'
            '<path d="M184 174v52l44-26z" fill="#fff"/>'
        )
    return _drawing(hue, drawn)


def _drawing(hue: int, drawn: str) -> bytes:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}"'
        f' width="{SIZE}" height="{SIZE}" preserveAspectRatio="xMidYMid slice">'
        f'<rect width="{SIZE}" height="{SIZE}" fill="hsl({hue} 38% 86%)"/>{drawn}</svg>'
    ).encode()
