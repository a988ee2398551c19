"""The measured rounds of one scenario, as run wrote them: reading them, and figures over rounds."""
from collections import defaultdict
from statistics import median


FIGURES = {"cpu", "user", "sys", "qps", "p50", "p99", "p999", "mean"}


def expected(case):
    """Which answers a case should bring."""
    return "denied" if case.endswith("denied") else "good"


class Rounds:
    """header: what was measured where. cases and servers: in the order they came."""

    def __init__(self, path):
        self.header, self.labels, self.cases = {}, {}, []
        self._values = defaultdict(lambda: defaultdict(dict))
        self._facts = {}
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                self._read(line.rstrip("\n"))

    def _read(self, line):
        if line.startswith("# "):
            key, _, value = line[2:].partition("=")
            self.header[key] = value
            return
        _, case, server, label, number, mode, *pairs = line.split("\t")
        values = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
        self.labels[server] = label
        if case not in self.cases:
            self.cases.append(case)
        if mode == "facts":
            # What is told later, such as its end, leaves the rest as it was.
            self._facts.setdefault((case, server), {}).update({key: value for key, value in values.items() if value})
            return
        for key, value in derived(values).items():
            self._values[case, server, mode][key][int(number)] = value

    def servers(self, case):
        known = list(dict.fromkeys([s for c, s in self._facts if c == case] + [s for c, s, _ in self._values if c == case]))
        return known

    def modes(self, case):
        return {mode for c, _, mode in self._values if c == case}

    def fact(self, case, server, key):
        """A fact of this case or, where nothing is known of the server there, of the first case that has it."""
        for each in [case] if (case, server) in self._facts else self.cases:
            value = self._facts.get((each, server), {}).get(key)
            if value:
                return value
        return ""

    def series(self, case, server, key, mode=None):
        """Round → value."""
        for each in [mode] if mode else ["closed", "open"]:
            known = self._values.get((case, server, each), {})
            if key in FIGURES:
                # What answers wrongly is fast for nothing.
                wrong = {r for r, n in known.get("answered", {}).items() if n - known.get(expected(case), {}).get(r, n) > 0.02 * n}
                values = {r: v for r, v in known.get(key, {}).items() if r not in wrong}
            else:
                values = known.get(key)
            if values:
                return values
        return {}

    def median(self, case, server, key, mode=None):
        values = self.series(case, server, key, mode)
        return median(values.values()) if values else None

    def total(self, case, server, key):
        return sum(sum(self.series(case, server, key, mode).values()) for mode in ("closed", "open"))


def derived(values):
    """Numbers of a round, with processor time per answer in µs and what was answered otherwise than it should be."""
    numbers = {}
    for key, value in values.items():
        try:
            numbers[key] = float(value)
        except ValueError:
            continue
    answered = numbers.get("answered", 0)
    if answered > 0 and "user" in numbers:
        numbers["user"] *= 1e6 / answered
        numbers["sys"] *= 1e6 / answered
        numbers["cpu"] = numbers["user"] + numbers["sys"]
    elif "user" in numbers:
        del numbers["user"], numbers["sys"]
    if "rss" in numbers:
        numbers["rss"] /= 1024
    numbers["denied"] = numbers.get("nxdomain", 0) + numbers.get("refused", 0)
    return numbers


def ratios(ours, theirs):
    """Round by round, where both were measured in it; sorted."""
    return sorted(ours[r] / theirs[r] for r in ours if theirs.get(r))


def differences(ours, theirs):
    return sorted(ours[r] - theirs[r] for r in ours if r in theirs)
