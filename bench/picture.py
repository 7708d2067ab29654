"""Draws a comparison as SVG: a row of panels a case, a panel a measure, a bar (the median) a contender, a dot a run."""

import statistics
from html import escape

LEFT, PANEL, BAR, GAP, HEAD = 70, 220, 15, 4, 34
ROOM = 55  # right of the longest bar, for its figure
COLOURS = {"attune": "#0b7285"}
OTHER = "#adb5bd"


def picture(title, measures, cases) -> str:
    """`measures` are (name, hint); `cases` are (name, title, {contender: [values of each measure, none if it has none]})."""
    width = LEFT + PANEL * len(measures)
    parts, y = [text(12, 22, title, "bold")], 52
    for i, (name, hint) in enumerate(measures):
        parts += [text(LEFT + i * PANEL, y, name), text(LEFT + i * PANEL, y + 16, hint, "faint")]
    y += 16
    for name, about, contenders in cases:
        y += HEAD
        parts.append(text(12, y - 8, f"{name}: {about}", "bold"))
        for contender, values in contenders.items():
            parts.append(text(LEFT - 8, y + BAR - 3, contender, "end"))
            for i, runs in enumerate(values):
                if not runs:
                    continue
                most = max(max(other[i]) for other in contenders.values())
                parts.append(bar(LEFT + i * PANEL, y, runs, (PANEL - ROOM) / most, COLOURS.get(contender, OTHER)))
            y += BAR + GAP
    style = ".bold { font-weight: 600 } .faint { fill: #868e96 } .end { text-anchor: end }"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{y + 8}" font-family="sans-serif"'
        f' font-size="12"><style>{style}</style><rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>\n'
    )


def bar(x, y, runs, scale, colour) -> str:
    median = statistics.median(runs)
    dots = "".join(
        f'<circle cx="{x + value * scale:.1f}" cy="{y + BAR / 2}" r="2.5" fill="#212529"/>' for value in runs)
    return (f'<rect x="{x}" y="{y}" width="{median * scale:.1f}" height="{BAR}" fill="{colour}"/>{dots}'
            + text(round(x + max(runs) * scale + 6), y + BAR - 3, f"{median:.4g}"))


def text(x, y, words, kind="") -> str:
    return f'<text x="{x}" y="{y}" class="{kind}">{escape(words)}</text>'
