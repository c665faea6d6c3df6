"""Prober beside its peers, in a lab, row by row; scripts/bench calls it.

bench.py [--rounds N] [--quick] PROBER TOOLS ROW...

A row is a lab, what is so in it, and programs that are asked to find it out. Each round runs all of
them in turn. What a program said is compared with what is so, every time.
"""
import argparse
import collections
import json
import os
import random
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
NAME = "bench"
HOST = "203.0.113.10"
# Of the same host: all but four TCP ports are dropped there, and every datagram.
GUARDED = "203.0.113.20"
GUARDED_OPEN = [22, 80, 443, 8443]
# A hundred, so that a program that misses one in a hundred is seen to.
OPEN = sorted({*GUARDED_OPEN, *random.Random(1).sample(range(1024, 65536), 96)})
PORTS = range(1, 65536)
# Nobody has these addresses, and the router drops what is sent to them.
SILENT = "198.18.0.0/16"
SILENT_PORTS = [22, 80, 443]
# For one run; the slowest peers take four minutes.
LIMIT = 600

RULES = f"""
table ip bench {{
    chain input {{
        type filter hook input priority filter; policy accept;
        ip daddr {GUARDED} tcp dport {{ {", ".join(map(str, GUARDED_OPEN))} }} accept
        ip daddr {GUARDED} drop
    }}
}}
"""


# The lab.

class Lab:
    """The namespaces of scripts/lab, with the listeners and rules of all rows."""

    def __init__(self, *link):
        self.link = link

    def __enter__(self):
        run([f"{ROOT}/scripts/lab", "up", NAME, *self.link])
        run(["ip", "-n", f"{NAME}-inside", "addr", "add", f"{GUARDED}/24", "dev", "lan"])
        run(["ip", "-n", f"{NAME}-edge", "route", "add", "blackhole", SILENT])
        run(inside(["nft", "-f", "-"]), input=RULES)
        listeners = subprocess.Popen(
            inside([sys.executable, f"{ROOT}/Benchmarks/listeners.py", *map(str, OPEN)]),
            stdout=subprocess.PIPE, text=True)
        if not listeners.stdout.readline():
            sys.exit("bench: nobody listens")
        return self

    def __exit__(self, problem, *_):
        if self.link and not problem:
            report = json.loads(run([f"{ROOT}/scripts/lab", "link", NAME]))
            failed = report["there"]["failed"] + report["back"]["failed"]
            if failed:
                print(f"VOID: the link was too slow for {failed} packets")
        subprocess.run([f"{ROOT}/scripts/lab", "down", NAME], stderr=subprocess.DEVNULL)

    @staticmethod
    def gateway():
        """The hardware address of the router; zmap 2.1 does not find it in a namespace."""
        return run(["ip", "netns", "exec", f"{NAME}-edge", "cat",
                    "/sys/class/net/outer/address"]).strip()


def run(command, input=None):
    return subprocess.run(command, check=True, input=input, stdout=subprocess.PIPE,
                          text=True).stdout


def outside(command):
    return ["ip", "netns", "exec", f"{NAME}-outside", *command]


def inside(command):
    return ["ip", "netns", "exec", f"{NAME}-inside", *command]


# What programs say, as {state: number of endpoints} for those that only count, and as
# {state: set of ports} for the others. What a program says nothing of is in neither.

def numbers(text):
    """The ports of a list such as 1-3,7."""
    for word in text.split(","):
        first, _, last = word.partition("-")
        yield from range(int(first), int(last or first) + 1)


def by_prober(output):
    said = collections.defaultdict(set)
    for line in output.splitlines():
        record = json.loads(line)
        if record["type"] in ("result", "group"):
            said[record["state"]].update(numbers(str(record.get("ports", record.get("port")))))
    return said


def by_prober_totals(output):
    end = json.loads(output.splitlines()[-1])
    if end["type"] != "end" or not end["complete"]:
        return {}
    said = {state: often for state, often in end["totals"].items() if state != "requested"}
    # An address that is given up is not asked for each port.
    said["filtered"] = said.get("filtered", 0) + said.pop("unreachable", 0)
    return said


def by_nmap(output):
    said = collections.defaultdict(set)
    root = xml.etree.ElementTree.fromstring(output)
    for port in root.iter("port"):
        said[port.find("state").get("state")].add(int(port.get("portid")))
    for alike in root.iter("extraports"):
        for reasons in alike.iter("extrareasons"):
            said[alike.get("state")].update(numbers(reasons.get("ports")))
    return said


def by_masscan(output):
    """Lines such as `open tcp 443 203.0.113.10 1795535417`."""
    rows = [line.split() for line in output.splitlines() if not line.startswith("#")]
    return {"open": {int(row[2]) for row in rows}}


def by_zmap(output):
    """An address a line."""
    return {"open": len(output.split())}


def by_loop(output):
    """Words such as `100 open, 65435 closed, 0 silent, 0 other`."""
    names = {"silent": "filtered"}
    pairs = [words.split() for words in output.strip().split(",")]
    return {names.get(state, state): int(count) for count, state in pairs}


# What is so.

def truth_of(open_ports, other):
    """{state: set of ports}, when all but the open ones are `other`."""
    return {"open": set(open_ports), other: set(PORTS) - set(open_ports)}


def compare(said, truth):
    """What was said that is not so, as {words: how often}."""
    if all(isinstance(ports, set) for ports in [*said.values(), *truth.values()]):
        wrong = {f"{state} said {claim}": len(truth[state] & said[claim])
                 for state in truth for claim in said if state != claim}
        told = set().union(*said.values())
        # Only of open ports masscan and zmap say anything.
        spoken = ["open"] if set(said) == {"open"} else list(truth)
        wrong |= {f"{state} not told": len(truth[state] - told) for state in spoken}
    else:
        size = {state: count(of) for state, of in truth.items()}
        spoken = ["open"] if set(said) == {"open"} else {*truth, *said}
        wrong = {}
        for state in spoken:
            more = count(said.get(state, 0)) - size.get(state, 0)
            wrong[f"{state} missed" if more < 0 else f"{state} too many"] = abs(more)
    return {words: often for words, often in wrong.items() if often}


def count(of):
    return len(of) if isinstance(of, set) else of


# Running.

class Peer:
    """A program that is asked, and what is needed to compare it."""

    def __init__(self, name, command, read, is_prober=False, is_slow=False, absent=None):
        self.name, self.command, self.read = name, command, read
        self.is_prober, self.is_slow, self.absent = is_prober, is_slow, absent
        self.times, self.memory, self.processor, self.wrong = [], [], [], []


def measure(peer, enter, truth):
    """Runs a program once."""
    with tempfile.NamedTemporaryFile("r") as usage:
        # GNU time, because the memory of a child of Python is at least that of Python.
        command = ["time", "--quiet", "--format", "%M %U %S", "--output", usage.name, *peer.command]
        start = time.monotonic()
        process = subprocess.Popen(enter(command), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True, start_new_session=True)
        try:
            output, errors = process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, errors = process.communicate()
            errors = f"not done after {LIMIT} s\n{errors}"
        peer.times.append(time.monotonic() - start)
        words = usage.read().split()
    memory, user, system = map(float, words[-3:]) if len(words) >= 3 else (0, 0, 0)
    peer.memory.append(memory / 1024)
    peer.processor.append(user + system)
    try:
        wrong = compare(peer.read(output), truth)
    except (ValueError, KeyError, IndexError, xml.etree.ElementTree.ParseError):
        wrong = {"no result": 1}
    if process.returncode != 0:
        print(f"{peer.name}: status {process.returncode}: {errors.strip()[-400:]}", file=sys.stderr)
        wrong[f"status {process.returncode}"] = 1
    peer.wrong.append(wrong)


def row(title, truth, peers, enter=outside):
    """Runs programs in turn and prints what came of it; whether prober was right every time."""
    for number in range(OPTIONS.rounds):
        for peer in peers:
            once = peer.is_slow and (number > 0 or OPTIONS.quick)
            if not once and not peer.absent:
                measure(peer, enter, truth)
    base = statistics.median(peers[0].times)
    states = ", ".join(f"{count(of):,} {state}" for state, of in truth.items())
    print(f"\n{title}\n{states}; {OPTIONS.rounds} rounds, whole processes")
    print(f"{'':30}{'median':>9}{'least':>9}{'most':>9}{'ratio':>7}{'CPU':>9}{'memory':>9}  wrong")
    for peer in peers:
        if peer.absent or not peer.times:
            print(f"{peer.name:30}{'-':>9}  {peer.absent or 'left out: it is slow'}")
            continue
        middle = statistics.median(peer.times)
        print(f"{peer.name:30}{middle:8.2f}s{min(peer.times):8.2f}s{max(peer.times):8.2f}s"
              f"{middle / base:7.2f}{statistics.median(peer.processor):8.2f}s"
              f"{max(peer.memory):6.0f} MB  {mistakes(peer)}")
    sys.stdout.flush()
    return not any(wrong for peer in peers if peer.is_prober for wrong in peer.wrong)


def mistakes(peer):
    """What was wrong in how many runs, in words."""
    runs = len(peer.wrong)
    bad = [wrong for wrong in peer.wrong if wrong]
    if not bad:
        return f"nothing in {runs} of {runs}"
    words = collections.defaultdict(list)
    for wrong in bad:
        for what, often in wrong.items():
            words[what].append(often)
    listed = ", ".join(
        f"{what}: {min(often)}" + (f" to {max(often)}" if len(set(often)) > 1 else "")
        for what, often in sorted(words.items()))
    return f"in {len(bad)} of {runs}: {listed}"


# The programs.

def prober(name, *words, read=by_prober):
    command = [OPTIONS.prober, "scan", "--format", "jsonl", "--no-progress", *words]
    return Peer(f"prober {name}".strip(), command, read, is_prober=True)


def loop(threads, *words, address=HOST):
    """Words are its wait, how often it asks again, and how many each thread has in flight."""
    command = [f"{OPTIONS.tools}/connect-loop", address, str(threads), *map(str, words)]
    return Peer(f"C loop, {threads} thread{'s' * (threads > 1)}", command, by_loop)


def nmap(how, address=HOST, is_slow=False):
    command = ["nmap", "-n", "-Pn", how, "-p-", "-oX", "-", address]
    return Peer(f"nmap {how}", command, by_nmap, is_slow=is_slow)


def masscan(rate, *words, ports="1-65535", retries=0):
    """It waits three seconds after its last packet."""
    name = f"masscan, {rate:,}/s" + f", {retries} more" * (retries > 0)
    command = ["masscan", *words, "-p", ports, "--rate", str(rate), "--retries", str(retries),
               "--wait", "3", "-oL", "-"]
    return Peer(name, command, by_masscan)


def no_zmap():
    return Peer("zmap", [], by_zmap, absent="Debian's 2.1 asks one port of many hosts")


def zmaps(lab, ports, targets, rate):
    """A run for each port, one after the other, each with three seconds of waiting."""
    one = (f"zmap --quiet --disable-syslog -b /dev/null -i wan -G {lab.gateway()} -r {rate} -c 3"
           f" -o - {targets}")
    script = " && ".join(f"{one} -p {port}" for port in ports)
    return Peer(f"zmap, {rate:,}/s, {len(ports)} runs", ["sh", "-c", script], by_zmap)


# The rows.

def near():
    with Lab():
        return row("all TCP ports of a near host", truth_of(OPEN, "closed"), [
            prober("--rate max", "--rate", "max", HOST, "-p-"),
            prober("--rate max --workers 1", "--rate", "max", "--workers", "1", HOST, "-p-"),
            prober("--rate auto", "--rate", "auto", HOST, "-p-"),
            loop(2), loop(1), nmap("-sT"), nmap("-sS"), masscan(100000, HOST), no_zmap()])


def far():
    with Lab("--rtt", "40ms", "--seed", "1"):
        return row("all TCP ports of a host 40 ms away", truth_of(OPEN, "closed"), [
            prober("--rate max", "--rate", "max", HOST, "-p-"),
            prober("--rate auto", "--rate", "auto", HOST, "-p-"),
            loop(2), nmap("-sT"), nmap("-sS"), masscan(100000, HOST), no_zmap()])


def lossy():
    with Lab("--rtt", "40ms", "--loss", "2%", "--loss-back", "2%", "--seed", "1"):
        return row("the same, and 2 % of the packets are lost each way", truth_of(OPEN, "closed"), [
            prober("--rate max", "--rate", "max", HOST, "-p-"),
            loop(2, 1500, 2), masscan(100000, HOST), masscan(100000, HOST, retries=3),
            nmap("-sT", is_slow=True), nmap("-sS", is_slow=True), no_zmap()])


def drop():
    with Lab():
        return row("a near host whose firewall drops all but four TCP ports",
                   truth_of(GUARDED_OPEN, "filtered"), [
            prober("--rate max", "--rate", "max", GUARDED, "-p-"),
            loop(2, 1500, 1, 8192, address=GUARDED), masscan(100000, GUARDED),
            nmap("-sT", GUARDED, is_slow=True), nmap("-sS", GUARDED, is_slow=True), no_zmap()])


def silent():
    ports = ",".join(map(str, SILENT_PORTS))
    with Lab() as lab:
        return row(f"a /16 of silent addresses, {len(SILENT_PORTS)} TCP ports each",
                   {"filtered": 65536 * len(SILENT_PORTS)}, [
            prober("--rate max", "--rate", "max", SILENT, "-p", ports, read=by_prober_totals),
            masscan(100000, SILENT, ports=ports), zmaps(lab, SILENT_PORTS, SILENT, 100000)])


def udp():
    datagrams = f"{OPTIONS.tools}/datagram-loop"
    # One request for each port, and no wait for what never comes.
    once = ["-p", "udp:1-65535", "--udp-budget", "0", "--udp-effort", "0", "--retries", "0",
            "--timeout", "1ms"]
    with Lab():
        closed = row("all UDP ports of loopback", {"closed": set(PORTS)}, [
            prober("--rate max", "--rate", "max", "127.0.0.1", "-p", "udp:1-65535"),
            Peer("C loop", [datagrams, "127.0.0.1"], by_loop)], enter=inside)
        dropped = row("a datagram to all UDP ports of a host that drops them",
                      {"open|filtered": set(PORTS)}, [
            prober("--rate max", "--rate", "max", GUARDED, *once),
            Peer("C loop", [datagrams, GUARDED],
                 lambda output: {"open|filtered": len(PORTS) - by_loop(output)["closed"]})])
    return closed and dropped


ROWS = {"near": near, "far": far, "lossy": lossy, "drop": drop, "silent": silent, "udp": udp}


def main():
    # The same for all: what a probe in flight costs is a descriptor.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    right = [ROWS[name]() for name in OPTIONS.rows]
    if not all(right):
        sys.exit("bench: prober said something that is not so")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("prober")
    parser.add_argument("tools")
    parser.add_argument("rows", nargs="+", choices=ROWS)
    OPTIONS = parser.parse_args()
    main()
