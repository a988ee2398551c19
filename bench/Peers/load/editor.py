"""Edits a policy over REST at a steady rate while others search the query log.

editor.py http://HOST:PORT SECONDS EDITS_PER_SECOND SEARCHES
Prints wanted=N edits=N edit_p50=ms edit_max=ms searches=N search_p50=ms failed=N.
"""
import http.client
import json
import sys
import threading
import time
from urllib.parse import urlsplit

where, seconds, rate, searchers = urlsplit(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
end = time.monotonic() + seconds
EDITORS = 8  # so that an edit that takes long does not hold up the next
edits, searches, failures = [], [], []


def connect():
    return http.client.HTTPConnection(where.hostname, where.port, timeout=30)


def ask(connection, method, path, body=None):
    """One request; returns milliseconds and the body. Anything but a success is noted."""
    begin = time.monotonic()
    headers = {"Content-Type": "application/json", "If-Match": "*"} if method != "GET" else {}
    connection.request(method, "/api/v1" + path, json.dumps(body) if body else None, headers)
    answer = connection.getresponse()
    text = answer.read()
    if answer.status >= 300:
        failures.append((answer.status, text[:200]))
    return 1e3 * (time.monotonic() - begin), text


def edit(which):
    connection, due = connect(), time.monotonic() + which / rate
    made = []
    while (now := time.monotonic()) < end:
        if now < due:
            time.sleep(due - now)
        due += EDITORS / rate
        # Every second edit takes back the one before.
        if made:
            took, _ = ask(connection, "DELETE", "/groups/default/rules/" + made.pop())
        else:
            took, text = ask(connection, "POST", "/groups/default/rules", {"allow": f"edit{time.time_ns()}.example.net"})
            name = json.loads(text).get("rule", json.loads(text)).get("id")
            if name:
                made.append(name)
        edits.append(took)


# What people ask of the console: a page of everything, what is found soon, and what is found nowhere and makes a search look at all of it.
SEARCHES = ["limit=50", "name=n{}&limit=20", "outcome=blocked&limit=50", "client=10.0.0.0/24&name=zone-{}", "name=no-such-name-{}", "address=192.0.2.{}&type=AAAA", "alias=none{}", "rule=list/rule-7"]


def search(which):
    connection, i = connect(), which
    while time.monotonic() < end:
        took, _ = ask(connection, "GET", "/query-log?" + SEARCHES[i % len(SEARCHES)].format((i * 37 + which) % 250))
        searches.append(took)
        i += 1


def guarded(work, *arguments):
    try:
        work(*arguments)
    except (OSError, http.client.HTTPException, ValueError) as error:
        failures.append((type(error).__name__, str(error)))


threads = [threading.Thread(target=guarded, args=(search, i)) for i in range(searchers)]
if rate > 0:
    threads += [threading.Thread(target=guarded, args=(edit, i)) for i in range(EDITORS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()


def middle(values):
    return sorted(values)[len(values) // 2] if values else 0


print(f"wanted={rate * seconds:.0f} edits={len(edits)} edit_p50={middle(edits):.1f} edit_max={max(edits, default=0):.1f} searches={len(searches)} search_p50={middle(searches):.1f} failed={len(failures)}")
if failures:
    print("first failure:", failures[0], file=sys.stderr)
