"""Plain SVG plots: bars for servers side by side, lines for growth."""
from html import escape
from math import ceil, floor, log10
from statistics import median

USER, SYSTEM, OTHER, LINE = "#2f6db5", "#a9c4e4", "#8a8a8a", "#444444"
HUES = ["#2f6db5", "#d9822b", "#4a9c5d"]
WIDTH, LEFT, RIGHT, ROW = 900, 290, 90, 22


def text(x, y, words, anchor="start", size=12, weight="normal", turn=None):
    turned = f' transform="rotate({turn} {x:.1f} {y:.1f})"' if turn else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}"{turned}>{escape(words)}</text>'


def box(x, y, width, height, fill):
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}" fill="{fill}"/>'


def line(x1, y1, x2, y2, stroke=LINE, width=1.0):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{stroke}" stroke-width="{width}"/>'


def steps(most):
    """Round numbers from zero to at least most, about five of them."""
    rough = most / 5 if most > 0 else 1
    unit = 10 ** floor(log10(rough))
    step = next(unit * f for f in (1, 2, 5, 10) if unit * f >= rough)
    return [step * i for i in range(ceil(most / step) + 1)]


def short(value):
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def image(title, height, parts):
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" height="{height:.0f}" font-family="sans-serif" fill="#222">',
        box(0, 0, WIDTH, height, "white"), text(16, 26, title, size=17, weight="bold"), *parts, "</svg>", ""])


def panel(top, title, unit, rows):
    """rows: label, the parts stacked in its bar with their colours, (least, most) of the rounds, and what is written beside. Returns parts, height."""
    most = max([max(sum(v for v, _ in stack), spread[1]) for _, stack, spread, _ in rows] + [1e-9])
    ticks = steps(most)
    room = WIDTH - LEFT - RIGHT
    scale = room / ticks[-1]
    base = top + 26 + ROW * len(rows)
    parts = [text(16, top + 14, title, size=13, weight="bold")]
    for tick in ticks:
        x = LEFT + tick * scale
        parts += [line(x, top + 22, x, base, "#e2e2e2"), text(x, base + 14, short(tick), "middle", 11)]
    for i, (label, stack, spread, beside) in enumerate(rows):
        y, x = top + 26 + i * ROW, LEFT
        parts.append(text(LEFT - 8, y + 13, label, "end", weight="bold" if label.startswith("DnsGuard") else "normal"))
        for value, fill in stack:
            parts.append(box(x, y + 2, value * scale, ROW - 7, fill))
            x += value * scale
        low, high = LEFT + spread[0] * scale, LEFT + spread[1] * scale
        middle = y + 2 + (ROW - 7) / 2
        if high - low > 1:
            parts += [line(low, middle, high, middle), line(low, middle - 3, low, middle + 3), line(high, middle - 3, high, middle + 3)]
        parts.append(text(max(x, high) + 6, y + 13, beside, size=11))
    parts.append(text(LEFT + room / 2, base + 30, unit, "middle", 11))
    return parts, base + 44 - top


def processor_rows(rounds, case):
    rows = []
    for server in rounds.servers(case):
        spread = rounds.series(case, server, "cpu", "closed").values()
        if not spread:
            if rounds.fact(case, server, "failed"):
                rows.append((rounds.labels[server], [], (0, 0), "not measured"))
            continue
        user, system = rounds.median(case, server, "user", "closed"), rounds.median(case, server, "sys", "closed")
        rows.append((rounds.labels[server], [(user, USER), (system, SYSTEM)], (min(spread), max(spread)), f"{median(spread):.2f}"))
    return rows


def value_rows(rounds, cases, key, scale=1.0):
    rows = []
    for case in cases:
        for server in rounds.servers(case):
            values = [v * scale for v in rounds.series(case, server, key, "open").values()]
            if values:
                label = rounds.labels[server] if len(cases) == 1 else f"{rounds.labels[server]}: {case}"
                rows.append((label, [(median(values), USER if label.startswith("DnsGuard") else OTHER)], (min(values), max(values)), f"{median(values):,.0f}"))
    return rows


def fact_rows(rounds, case, key, scale):
    found = [(rounds.labels[s], float(v) * scale) for s in rounds.servers(case) if (v := rounds.fact(case, s, key))]
    return [(label, [(value, USER if label.startswith("DnsGuard") else OTHER)], (0, 0), f"{value:,.1f}") for label, value in found]


def bars(title, panels):
    parts, top = [], 44
    for name, unit, rows in panels:
        if rows:
            drawn, height = panel(top, name, unit, rows)
            parts += drawn
            top += height
    return image(title, top + 8, parts)


def curves(title, plots):
    """plots: title, x label, y label, {name: [(x, y)]}. x is logarithmic."""
    parts, top, height = [], 44, 240
    for name, x_label, y_label, series in plots:
        points = [p for each in series.values() for p in each]
        if not points:
            continue
        left, right, base = 80, WIDTH - 200, top + height - 46
        low, high = floor(log10(min(x for x, _ in points))), ceil(log10(max(x for x, _ in points)))
        ticks = steps(max(y for _, y in points))
        across = (right - left) / max(high - low, 1)
        parts.append(text(16, top + 14, name, size=13, weight="bold"))

        def place(x, y, base=base, ticks=ticks, low=low, across=across, top=top):
            return left + (log10(x) - low) * across, base - y / ticks[-1] * (base - top - 26)
        for tick in ticks:
            _, y = place(10 ** low, tick)
            parts += [line(left, y, right, y, "#e2e2e2"), text(left - 6, y + 4, short(tick), "end", 11)]
        for power in range(low, high + 1):
            x, _ = place(10 ** power, 0)
            parts += [line(x, base, x, base + 4), text(x, base + 17, short(10 ** power), "middle", 11)]
        for (label, each), hue in zip(series.items(), HUES):
            spots = [place(x, y) for x, y in sorted(each)]
            parts.append(f'<polyline fill="none" stroke="{hue}" stroke-width="2" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in spots)}"/>')
            parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{hue}"/>' for x, y in spots]
            parts.append(text(spots[-1][0] + 10, spots[-1][1] + 4, label))
        parts += [text((left + right) / 2, base + 34, x_label, "middle", 11), text(22, (top + base) / 2, y_label, "middle", 11, turn=-90)]
        top += height + 12
    return image(title, top + 8, parts)


def growth(title, rounds):
    plots = []
    for what, x_label in (("rules", "rules in the policy"), ("answers", "answers in the cache")):
        cases = [c for c in rounds.cases if c.endswith(what)]
        for key, y_label in (("cpu", "CPU µs/answer"), ("rss", "RSS MB")):
            series = {}
            for case in cases:
                for server in rounds.servers(case):
                    value = rounds.median(case, server, key, "closed")
                    if value is not None:
                        series.setdefault(rounds.labels[server], []).append((float(case.split()[0]), value))
            plots.append((f"{y_label} and {what}", x_label, y_label, series))
    return curves(title, plots)


def draw(group, title, rounds):
    """The plot of a scenario."""
    unit = "CPU µs per answer: user (dark) and system (light); whiskers: least and most of the rounds"
    if group == "growth":
        return growth(title, rounds)
    panels = [(f"CPU: {case}", unit, processor_rows(rounds, case)) for case in rounds.cases]
    if group in ("cached", "enforced", "tail"):
        for key, name in (("p50", "p50"), ("p99", "p99"), ("p999", "p99.9")):
            panels.append((f"Latency at a fixed rate, {name}", "µs", value_rows(rounds, rounds.cases, key)))
    if group == "edits":
        panels += [("Queries lost", "queries", value_rows(rounds, rounds.cases, "lost")), ("Longest time without an answer", "ms", value_rows(rounds, rounds.cases, "gap", 1e-3))]
    if group in ("cached", "policy"):
        for case in rounds.cases:
            if not case.endswith("denied"):
                panels += [(f"Memory, warmed: {case}", "RSS MB", fact_rows(rounds, case, "rss", 1 / 1024)), (f"Time from start to first answer: {case}", "s", fact_rows(rounds, case, "loaded", 1.0))]
    return bars(title, panels)
