"""What prober and nmap say of the farm, and of closed ports, side by side.

Called by scripts/farm in the outside namespace: farm-bench.py ADDRESS PROBER < the farm's list.
"""
import json
import subprocess
import sys
import time
import xml.etree.ElementTree

CLOSED = range(20001, 20201)
# As long as the host saves up the port-unreachables that it sends at once (docs/evidence.md).
REFILL = 8
# For each run of nmap; it gives up the host, and all that it knew of it, at this time.
LIMIT = "300s"


def run(command):
    """The standard output of a command, what it complained of, and how long it took."""
    start = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    return done.stdout, done.stderr, time.monotonic() - start


def numbers(text):
    """The ports of a list such as 1-3,7."""
    for word in text.split(","):
        first, _, last = word.partition("-")
        yield from range(int(first), int(last or first) + 1)


def by_prober(prober, address, ports):
    """What prober says of each port, and the time it took."""
    words = "udp:" + ",".join(str(port) for port in ports)
    output, errors, taken = run(
        [prober, "scan", address, "--ports", words, "--format", "jsonl", "--no-progress"])
    said = {}
    for line in output.splitlines():
        record = json.loads(line)
        if record["type"] not in ("result", "group"):
            continue
        evidence = record["evidence"]
        why = evidence.get("service") or evidence.get("reason") or ""
        if evidence["kind"] == "icmp" and evidence["reporter"] != address:
            why = f"by {evidence['reporter']}"
        for port in numbers(str(record.get("ports", record.get("port")))):
            said[port] = f"{record['state']} {why}".strip()
    if not said:
        print(f"farm: prober said nothing: {errors.strip()}", file=sys.stderr)
    return said, taken


def by_nmap(address, ports, *options):
    """What nmap says of each port, and the time it took."""
    output, errors, taken = run(
        ["nmap", "-sU", "-n", "-Pn", "--host-timeout", LIMIT, *options, "-oX", "-",
         "-p", ",".join(str(port) for port in ports), address])
    said = {}
    root = xml.etree.ElementTree.fromstring(output)
    for port in root.iter("port"):
        service = port.find("service[@method='probed']")
        name = "" if service is None else service.get("name")
        said[int(port.get("portid"))] = f"{port.find('state').get('state')} {name}".strip()
    for alike in root.iter("extraports"):
        for reasons in alike.iter("extrareasons"):
            said.update(dict.fromkeys(numbers(reasons.get("ports")), alike.get("state")))
    if not said:
        print(f"farm: nmap {' '.join(options)} said nothing in {LIMIT}", file=sys.stderr)
    return said, taken


def table(rows):
    """Prints rows in columns."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip())


def main():
    address, prober = sys.argv[1:]
    farm = [line.rstrip("\n").split("\t") for line in sys.stdin]
    ports = [int(row[1]) for row in farm]

    views = [by_prober(prober, address, ports), by_nmap(address, ports),
             by_nmap(address, ports, "-sV")]
    rows = [["daemon", "port", "expected", "prober", "nmap -sU", "nmap -sU -sV"]]
    for daemon, port, expected, *_ in farm:
        rows.append([daemon, port, expected] + [said.get(int(port), "-") for said, _ in views])
    rows.append(["time", "", ""] + [f"{taken:.1f} s" for _, taken in views])
    table(rows)

    print(f"\n{len(CLOSED)} closed ports")
    rows = [["", "closed", "open|filtered", "other", "not told", "time"]]
    for name, look in (("prober", lambda: by_prober(prober, address, CLOSED)),
                       ("nmap -sU", lambda: by_nmap(address, CLOSED))):
        # Not for luck: each begins with the host's whole allowance of ICMP errors.
        time.sleep(REFILL)
        said, taken = look()
        states = [text.split()[0] for text in said.values()]
        closed, undecided = states.count("closed"), states.count("open|filtered")
        rows.append([name, str(closed), str(undecided), str(len(states) - closed - undecided),
                     str(len(CLOSED) - len(states)), f"{taken:.1f} s"])
    table(rows)


main()
