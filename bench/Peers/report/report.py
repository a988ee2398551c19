"""Tables and plots from the rounds that run has measured.

report.py DIRECTORY SCENARIO   prints the tables of SCENARIO and writes DIRECTORY/SCENARIO.md and .svg
report.py DIRECTORY            writes DIRECTORY.md: the goals of all scenarios that have been measured
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from goals import judged
from plot import draw
from rounds import Rounds, expected, ratios
from statistics import median

ORDER = ["cached", "policy", "groups", "forward", "recursion", "enforced", "streams", "threads", "tail", "readers", "edits", "growth"]
TITLES = {
    "cached": "Answers that are known", "policy": "With a large policy", "groups": "Groups and the query log", "forward": "Forwarded, each name once",
    "recursion": "Validating recursion", "enforced": "Enforced, each name once", "streams": "TCP and TLS", "threads": "A second worker",
    "tail": "The last of a thousand", "readers": "Readers of the log", "edits": "Edits under load", "growth": "Growth",
}
OURS = {"groups": "groups1", "threads": "dnsguard1"}


def number(value, digits=2):
    return "" if value is None else f"{value:.{digits}f}"


def wrong(rounds, case, server):
    """Answers that are not what this case should bring."""
    return int(rounds.total(case, server, "answered") - rounds.total(case, server, expected(case)))


def columns(group, rounds, case):
    """Title and what it shows of a server; which columns there are depends on what was measured."""
    ours, modes = OURS.get(group, "dnsguard"), rounds.modes(case)
    shown = []
    if "closed" in modes or group == "threads":
        def scatter(server):
            values = rounds.series(case, server, "cpu", "closed").values()
            return f"{min(values):.2f}–{max(values):.2f}" if values else ""

        def ratio(server):
            values = ratios(rounds.series(case, ours, "cpu", "closed"), rounds.series(case, server, "cpu", "closed"))
            return number(median(values)) if values else ""
        shown += [
            ("CPU µs/answer", lambda s: number(rounds.median(case, s, "cpu", "closed"))), ("scatter", scatter),
            ("user", lambda s: number(rounds.median(case, s, "user", "closed"))), ("system", lambda s: number(rounds.median(case, s, "sys", "closed"))),
            ("DnsGuard ÷ it", ratio), ("q/s", lambda s: number(rounds.median(case, s, "qps", "closed"), 0))]
        if any(rounds.median(case, s, "mean") for s in rounds.servers(case)):
            shown.append(("mean ms", lambda s: number(rounds.median(case, s, "mean"))))
    if "open" in modes:
        shown += [(title, lambda s, key=key: number(rounds.median(case, s, key, "open"), 0)) for title, key in (("p50 µs", "p50"), ("p99 µs", "p99"), ("p99.9 µs", "p999"))]
        if any(rounds.median(case, s, "cpu", "open") for s in rounds.servers(case)):
            shown.append(("CPU µs at that rate", lambda s: number(rounds.median(case, s, "cpu", "open"))))
        for title, key in (("longest gap ms", "gap"), ("edit took ms", "took"), ("edit failed", "failed_edit"), ("edits", "edits"), ("edit p50 ms", "edit_p50"), ("searches", "searches"), ("search p50 ms", "search_p50"), ("requests failed", "failed")):
            if any(rounds.median(case, s, key, "open") is not None for s in rounds.servers(case)) and (key != "gap" or group in ("edits", "tail")):
                shown.append((title, lambda s, key=key: number(rounds.median(case, s, key, "open") / (1e3 if key == "gap" else 1) if rounds.median(case, s, key, "open") is not None else None, 0)))
    if any(rounds.fact(case, s, "rss") for s in rounds.servers(case)):
        shown.append(("RSS MB", lambda s: number(float(rounds.fact(case, s, "rss")) / 1024, 0) if rounds.fact(case, s, "rss") else ""))
        shown.append(("loaded s", lambda s: rounds.fact(case, s, "loaded")))
    shown.append(("lost", lambda s: number(rounds.total(case, s, "lost"), 0)))
    shown.append(("other codes", lambda s: str(wrong(rounds, case, s))))
    return shown


def table(group, rounds, case):
    shown = columns(group, rounds, case)
    yield f"| server | {' | '.join(title for title, _ in shown)} |"
    yield f"|---|{'---:|' * len(shown)}"
    for server in rounds.servers(case):
        failed = rounds.fact(case, server, "failed")
        if failed and not rounds.total(case, server, "answered"):
            cells, failed = [f"not measured: {failed}"] + [""] * (len(shown) - 1), ""
        else:
            cells = [show(server) for _, show in shown]
        yield f"| {rounds.labels[server]}{f' ({failed})' if failed else ''} | {' | '.join(cells)} |"


def goals(group, rounds):
    lines = list(judged(group, rounds))
    if lines:
        yield "| goal | limit | reached | rounds | |"
        yield "|---|---:|---:|---:|---|"
        yield from (f"| {' | '.join(line)} |" for line in lines)


def body(group, rounds):
    for case in rounds.cases:
        if len(rounds.cases) > 1:
            yield f"\n**{case}**\n"
        yield from table(group, rounds, case)
    yield ""
    yield from goals(group, rounds)


def page(directory, group):
    rounds = Rounds(os.path.join(directory, group + ".tsv"))
    text = "\n".join(body(group, rounds))
    print(text)
    with open(os.path.join(directory, group + ".md"), "w", encoding="utf-8") as out:
        out.write(f"# Peers: {TITLES[group]}\n\n")
        if "ended" in rounds.header:
            out.write(f"**Not complete: {rounds.header.pop('ended')}.** What is missing was not measured.\n\n")
        out.writelines(f"- {key.capitalize()}: {value if key != 'command' else f'`{value}`'}\n" for key, value in rounds.header.items())
        out.write(f"- Medians over rounds in which the servers take turns; all rounds are in `{group}.tsv`. CPU is user and system time of the whole process.\n\n")
        out.write(f"![{TITLES[group]}]({group}.svg)\n\n{text}\n")
    with open(os.path.join(directory, group + ".svg"), "w", encoding="utf-8") as out:
        out.write(draw(group, TITLES[group], rounds))


def summary(directory):
    groups = [g for g in ORDER if os.path.exists(os.path.join(directory, g + ".tsv"))]
    with open(directory.rstrip("/") + ".md", "w", encoding="utf-8") as out:
        out.write("# Peers: what was reached\n\nThe last measured run of each scenario; each links to its tables, plot and machine. Compare ratios, never seconds of two runs.\n")
        for group in groups:
            rounds = Rounds(os.path.join(directory, group + ".tsv"))
            place = os.path.basename(directory.rstrip("/"))
            out.write(f"\n## [{TITLES[group]}]({place}/{group}.md)\n\n{rounds.header.get('date', '')}, {rounds.header.get('versions', '').split('|')[0].strip()}: `{rounds.header.get('command', '')}`\n\n")
            if "ended" in rounds.header:
                out.write(f"**Not complete: {rounds.header['ended']}.**\n\n")
            out.write("\n".join(goals(group, rounds)) + f"\n\n![{TITLES[group]}]({place}/{group}.svg)\n")


if len(sys.argv) == 3:
    page(sys.argv[1], sys.argv[2])
else:
    summary(sys.argv[1])
