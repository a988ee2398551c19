"""What DnsGuard is meant to reach, and whether it does: each goal is a ratio, difference or value of rounds of one run."""
from statistics import median

from rounds import differences, ratios


class Goal:
    """text says what is compared; limit is the most it may be; measure takes the rounds and a case, and gives values by round, sorted; or None
    where the case is nothing to compare."""

    def __init__(self, text, limit, measure, cases, unit=""):
        self.text, self.limit, self.measure, self.cases, self.unit = text, limit, measure, cases, unit

    def judge(self, rounds):
        """Lines of a table: goal, limit, reached, scatter, verdict."""
        known = [c for c in rounds.cases if self.cases(c)]
        if not known:
            yield self.text.replace("FULLCASE", "…").replace("CASE", "…"), f"≤ {self.limit:g}{self.unit}", "", "", "not measured"
        for case in known:
            values = self.measure(rounds, case)
            text = self.text.replace("FULLCASE", case).replace("CASE", case.rpartition(" ")[0] if case[0].isdigit() else case)
            if values is None:
                continue
            if not values:
                yield text, f"≤ {self.limit:g}{self.unit}", "", "", "not measured"
                continue
            reached = median(values)
            verdict = "met" if reached <= self.limit else "**MISSED**"
            # Where the rounds lie on both sides of the limit, the verdict may be chance.
            if min(values) <= self.limit < max(values):
                verdict += " (rounds disagree)"
            yield text, f"≤ {self.limit:g}{self.unit}", f"{reached:.2f}{self.unit}", f"{min(values):.2f}–{max(values):.2f}", verdict


def named(*names):
    return lambda case: case in names


def ending(suffix):
    return lambda case: case.endswith(suffix)


def ratio(ours, theirs, key="cpu", mode=None, other=None):
    """Ours over theirs; other turns the case into the one theirs is taken from."""
    return lambda rounds, case: ratios(rounds.series(case, ours, key, mode), rounds.series(other(case) if other else case, theirs, key, mode))


def difference(ours, theirs, key, mode):
    return lambda rounds, case: differences(rounds.series(case, ours, key, mode), rounds.series(case, theirs, key, mode))


def added_share(rounds, _):
    """What our enforcement adds to the median latency, over what dnsmasq's adds. A round in which dnsmasq's adds nothing says nothing."""
    ours, base = rounds.series("enforced", "dnsguard", "p50", "open"), rounds.series("enforced", "bare", "p50", "open")
    theirs, their_base = rounds.series("enforced", "dnsmasq", "p50", "open"), rounds.series("enforced", "dnsmasq-bare", "p50", "open")
    common = [r for r in ours if r in base and r in theirs and r in their_base and theirs[r] > their_base[r]]
    return sorted((ours[r] - base[r]) / (theirs[r] - their_base[r]) for r in common)


def fact(server, key, scale=1.0):
    def read(rounds, case):
        value = rounds.fact(case, server, key)
        return [float(value) * scale] if value else []
    return read


def value(server, key, mode=None):
    return lambda rounds, case: sorted(rounds.series(case, server, key, mode).values())


def lost_during_edit(rounds, case):
    """An edit that failed disturbs nobody: it is no measurement."""
    failed = any(rounds.series(case, "dnsguard", "failed_edit", "open").values())
    return [] if failed else value("dnsguard", "lost", "open")(rounds, case)


def unmade_edits(rounds, case):
    """How many edits there should have been for each that was made in time."""
    return ratios(rounds.series(case, "busy", "wanted", "open"), rounds.series(case, "busy", "edits", "open"))


def over_smallest(key):
    """Our resident memory over the smallest of the peers'."""
    def read(rounds, case):
        others = [float(v) for s in rounds.servers(case) if s != "dnsguard" and (v := rounds.fact(case, s, key))]
        ours = rounds.fact(case, "dnsguard", key)
        return [float(ours) / min(others)] if ours and others else []
    return read


def flat(rounds, case):
    """Processor time with so many rules over that with the fewest."""
    first = next(c for c in rounds.cases if c.endswith(case.rpartition(" ")[2]))
    return ratios(rounds.series(case, "dnsguard", "cpu"), rounds.series(first, "dnsguard", "cpu")) if case != first else None


def million(case):
    return case == "1000000 allowed"


GOALS = {
    "cached": [
        Goal("CPU, one rule ÷ C floor", 1.15, ratio("tiny", "floor", mode="closed"), named("cached")),
        Goal("CPU, large policy ÷ C floor", 1.15, ratio("dnsguard", "floor", mode="closed"), named("cached")),
        Goal("CPU, large policy ÷ Unbound without one", 0.80, ratio("dnsguard", "unbound", mode="closed"), named("cached")),
    ],
    "policy": [
        Goal("CASE names, allowed: CPU ÷ Unbound local-zone", 0.50, ratio("dnsguard", "unbound"), ending("allowed")),
        Goal("CASE names, allowed: CPU ÷ dnsdist", 0.70, ratio("dnsguard", "dnsdist"), ending("allowed")),
        Goal("CASE names, allowed: CPU ÷ PowerDNS RPZ", 0.80, ratio("dnsguard", "pdns"), ending("allowed")),
        Goal("CASE names: CPU denied ÷ allowed", 1.10, ratio("dnsguard", "dnsguard", other=lambda c: c.replace("denied", "allowed")), ending("denied")),
        Goal("1000000 names: time to load", 1.0, fact("dnsguard", "loaded"), million, " s"),
        Goal("1000000 names: RSS, warmed", 200, fact("dnsguard", "rss", 1 / 1024), million, " MB"),
        Goal("CASE names: RSS ÷ smallest peer's", 1.0, over_smallest("rss"), ending("allowed")),
    ],
    "groups": [
        Goal("CPU, log on ÷ off", 1.10, ratio("groups1", "nolog"), named("groups")),
        Goal("CPU, 100 groups ÷ 1 group", 1.10, ratio("groups100", "groups1"), named("groups")),
    ],
    "forward": [
        Goal("CPU, pool of ports ÷ Unbound", 0.40, ratio("dnsguard", "unbound"), named("forward")),
        Goal("CPU, pool of ports ÷ Knot Resolver", 0.55, ratio("dnsguard", "kresd"), named("forward")),
        Goal("CPU, fresh port ÷ Unbound", 0.67, ratio("fresh", "unbound"), named("forward")),
    ],
    "recursion": [
        Goal("CASE: CPU ÷ Unbound", 0.70, ratio("dnsguard", "unbound"), named("zones known", "nothing known")),
        Goal("CASE: CPU ÷ Knot Resolver", 1.00, ratio("dnsguard", "kresd"), named("zones known", "nothing known")),
    ],
    "enforced": [
        Goal("CPU, enforcing ÷ Unbound without", 0.60, ratio("dnsguard", "unbound", mode="closed"), named("enforced")),
        Goal("added to p50 ÷ what dnsmasq --nftset adds", 0.25, added_share, named("enforced")),
        Goal("added CPU", 5, difference("dnsguard", "bare", "cpu", "closed"), named("enforced"), " µs"),
        Goal("added to p50", 30, difference("dnsguard", "bare", "p50", "open"), named("enforced"), " µs"),
        Goal("added to p99", 300, difference("dnsguard", "bare", "p99", "open"), named("enforced"), " µs"),
    ],
    "streams": [
        Goal("CASE: CPU ÷ Unbound", 1.0, ratio("dnsguard", "unbound"), named("TCP", "TLS")),
    ],
    "threads": [
        Goal("CPU, 2 workers ÷ 1", 1.10, ratio("dnsguard2", "dnsguard1"), named("threads")),
    ],
    "tail": [
        Goal("p99.9 ÷ Unbound's", 1.0, ratio("dnsguard", "unbound", "p999", "open"), named("undisturbed")),
        Goal("edits wanted ÷ made", 1.1, unmade_edits, named("disturbed")),
        Goal("p99.9 during edits and searches ÷ Unbound's undisturbed", 1.0, ratio("busy", "unbound", "p999", "open", other=lambda _: "undisturbed"), named("disturbed")),
    ],
    "readers": [
        Goal("p99 with ten readers ÷ without", 1.1, ratio("busy", "dnsguard", "p99", "open"), named("ten readers")),
        Goal("p99 with three exports ÷ without", 1.1, ratio("exports", "dnsguard", "p99", "open"), named("ten readers")),
    ],
    "edits": [
        Goal("queries lost: FULLCASE", 0, lost_during_edit, named("ten single edits", "the whole policy", "restore of a revision")),
    ],
    "growth": [
        Goal("CPU with FULLCASE ÷ with the fewest", 1.25, flat, lambda case: True),
    ],
}


def judged(group, rounds):
    """All goals of a scenario, line by line."""
    for goal in GOALS.get(group, []):
        for line in goal.judge(rounds):
            yield line
