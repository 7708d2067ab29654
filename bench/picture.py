"""Draws a comparison as SVG: a panel a measure, a bar (the median) a contender, a dot a run."""

import statistics
from html import escape

WIDTH, LEFT, BAR, GAP, PANEL_HEAD = 640, 90, 22, 8, 34
COLOURS = {"attune": "#0b7285"}
OTHER = "#adb5bd"


def picture(title, panels) -> str:
    """`panels` are (name, hint, {contender: values})."""
    parts, y = [f'<text x="12" y="22" font-weight="600">{escape(title)}</text>'], 36
    for name, hint, values in panels:
        scale = (WIDTH - LEFT - 70) / max(max(v) for v in values.values())
        y += PANEL_HEAD
        parts.append(f'<text x="12" y="{y - 10}">{escape(name)} <tspan fill="#868e96">({escape(hint)})</tspan></text>')
        for contender, runs in values.items():
            median = statistics.median(runs)
            end = LEFT + max(runs) * scale
            colour = COLOURS.get(contender, OTHER)
            parts.append(f'<text x="{LEFT - 8}" y="{y + 16}" text-anchor="end">{escape(contender)}</text>')
            parts.append(f'<rect x="{LEFT}" y="{y}" width="{median * scale:.1f}" height="{BAR}" fill="{colour}"/>')
            parts += [
                f'<circle cx="{LEFT + value * scale:.1f}" cy="{y + BAR / 2}" r="3" fill="#212529"/>'
                for value in runs
            ]
            parts.append(f'<text x="{end + 8:.1f}" y="{y + 16}">{median:.4g}</text>')
            y += BAR + GAP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y + 8}" font-family="sans-serif"'
        f' font-size="13"><rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>\n'
    )
