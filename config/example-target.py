#!/usr/bin/env python3
"""A target of the kind 'command': keeps what is open in a file, one entry a line.

    enforcement:
      targets:
        - {name: example, kind: command, command: [/etc/dnsguard/example-target.py, /var/lib/dnsguard/example.jsonl]}

DnsGuard starts it and keeps it running. Each line on standard input is a request:
    {"op": "list",   "id": 1, "entries": []}
    {"op": "add",    "id": 2, "entries": [{"address": "192.0.2.1", "protocol": "tcp", "ports": "443", "group": "web", "name": "api.example.com"}]}
    {"op": "remove", "id": 3, "entries": [{"address": "192.0.2.1", "protocol": "tcp", "ports": "443"}]}
and each needs one line on standard output, once it is in force and not before:
    {"id": 2, "ok": true}                            (for list: with "entries", those that are open)
    {"id": 2, "error": "the device is busy"}         (perhaps with "reason": "full", "busy" or "unusable")
What is written to standard error goes to DnsGuard's log. The end of standard input is the word to stop.
"""
import json
import os
import sys

path = sys.argv[1]
KEY = ("address", "protocol", "ports")


def key(entry):
    return tuple(entry[part] for part in KEY)


def load():
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as lines:
        return {key(entry): entry for entry in map(json.loads, lines)}


def save(entries):
    # Whole or not at all, also if the machine stops in the middle.
    with open(path + ".new", "w", encoding="utf-8") as lines:
        for entry in entries.values():
            lines.write(json.dumps(entry) + "\n")
        lines.flush()
        os.fsync(lines.fileno())
    os.rename(path + ".new", path)


def answer(request, entries):
    # Here a device would be spoken to. Adding what is there and removing what is not there are no errors.
    if request["op"] == "list":
        return {"entries": list(entries.values())}
    for entry in request["entries"]:
        if request["op"] == "add":
            entries[key(entry)] = entry
        else:
            entries.pop(key(entry), None)
    save(entries)
    return {}


open_now = load()
print(f"{len(open_now)} entries are open", file=sys.stderr, flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    try:
        print(json.dumps({"id": asked["id"], "ok": True, **answer(asked, open_now)}), flush=True)
    except OSError as failure:
        print(json.dumps({"id": asked["id"], "error": str(failure)}), flush=True)
