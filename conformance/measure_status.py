#!/usr/bin/env python3
"""Measures `status` calls per second, and per CPU second of the server: measure_status.py --url URL --pid PID

With --real-slave in place of the two it starts the real slave itself. The load comes from this process (or from
--clients of them): raw sockets, one call at a time on each of --connections connections, once kept alive and once
with a connection per call. Prints one JSON document; CPU time is what /proc says of the server's process.
"""

import argparse
import json
import multiprocessing
import os
import select
import socket
import statistics
import subprocess
import sys
import time
import urllib.parse

BODY = (
    b"<?xml version='1.0'?>\n<methodCall>\n<methodName>status</methodName>\n<params>\n</params>\n</methodCall>\n")
TICKS = os.sysconf("SC_CLK_TCK")


def request(host, version, connection):
    return (
        f"POST /rpc HTTP/{version}\r\nHost: {host}\r\nConnection: {connection}\r\n"
        f"Content-Type: text/xml\r\nContent-Length: {len(BODY)}\r\n\r\n").encode() + BODY


def cpu_seconds(pid):
    """User and system time of a process with all its threads."""
    with open(f"/proc/{pid}/stat", "rb") as file:
        fields = file.read().rpartition(b")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def check(answer):
    """Refuses anything but a whole, good answer to `status`."""
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.") or head.split(b" ", 2)[1] != b"200":
        raise SystemExit(f"measure_status.py: not a good answer: {answer[:200]!r}")
    if b"BuilderStatus." not in body or not body.endswith(b"</methodResponse>\n"):
        raise SystemExit(f"measure_status.py: not an answer to status: {body[:200]!r}")


class KeepAlive:
    """Connections that each carry one call after the other."""

    name = "keep-alive"

    def __init__(self, address, count):
        self.request = request(f"{address[0]}:{address[1]}", "1.1", "keep-alive")
        self.poller = select.epoll()
        self.sockets = {}
        self.pending = {}
        self.length = 0
        for _ in range(count):
            connection = socket.create_connection(address)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if not self.length:
                # An idle slave's answers are all of one length, so afterwards bytes need only be counted.
                self.length = len(self.first_answer(connection))
            connection.setblocking(False)
            self.sockets[connection.fileno()] = connection
            self.poller.register(connection.fileno(), select.EPOLLIN)

    def first_answer(self, connection):
        connection.sendall(self.request)
        answer = b""
        while not answer.endswith(b"</methodResponse>\n"):
            part = connection.recv(65536)
            if not part:
                break
            answer += part
        check(answer)
        return answer

    def run(self, seconds):
        """Calls for this long and waits for the answers under way; returns the number of calls."""
        calls = 0
        sockets, request_, length = self.sockets, self.request, self.length
        for connection in sockets.values():
            connection.send(request_)
        waiting = len(sockets)
        end = time.monotonic() + seconds
        running = True
        while waiting:
            events = self.poller.poll(10)
            if not events:
                raise SystemExit("measure_status.py: no answer within 10 s")
            for descriptor, _ in events:
                answer = sockets[descriptor].recv(65536)
                if len(answer) != length or calls % 1000 == 0:
                    answer = self.complete(descriptor, answer)
                    if answer is None:
                        continue
                calls += 1
                if running:
                    sockets[descriptor].send(request_)
                else:
                    waiting -= 1
            running = time.monotonic() < end
        return calls

    def complete(self, descriptor, part):
        """The whole answer once it is there, checked; None before."""
        answer = self.pending.pop(descriptor, b"") + part
        if not part:
            raise SystemExit(f"measure_status.py: the server closed a connection after {answer!r}")
        if len(answer) < self.length:
            self.pending[descriptor] = answer
            return None
        check(answer)
        return answer


class NewConnections:
    """A connection for every call, as the original manager does it: HTTP/1.0, closed by the server."""

    name = "new-connections"

    def __init__(self, address, count):
        self.address = address
        self.count = count
        self.request = request(f"{address[0]}:{address[1]}", "1.0", "close")
        self.poller = select.epoll()
        self.open = {}

    def begin(self):
        connection = socket.socket()
        connection.connect(self.address)
        connection.send(self.request)
        self.open[connection.fileno()] = [connection, b""]
        self.poller.register(connection.fileno(), select.EPOLLIN)

    def run(self, seconds):
        calls = 0
        for _ in range(self.count):
            self.begin()
        end = time.monotonic() + seconds
        while self.open:
            events = self.poller.poll(10)
            if not events:
                raise SystemExit("measure_status.py: no answer within 10 s")
            for descriptor, _ in events:
                entry = self.open[descriptor]
                part = entry[0].recv(65536)
                if part:
                    entry[1] += part
                    continue
                check(entry[1])
                calls += 1
                del self.open[descriptor]
                entry[0].close()
                if time.monotonic() < end:
                    self.begin()
        return calls


def client(kind, address, connections, seconds, start, results):
    """One client process: warms up, waits for the common start, measures."""
    load = kind(address, connections)
    load.run(min(1.0, seconds))
    start.wait()
    results.put(load.run(seconds))


def measure(kind, address, pid, arguments):
    context = multiprocessing.get_context("fork")
    start = context.Barrier(arguments.clients + 1)
    results = context.Queue()
    processes = [
        context.Process(
            target=client, args=(kind, address, arguments.connections, arguments.seconds, start, results))
        for _ in range(arguments.clients)
    ]
    for process in processes:
        process.start()
    start.wait(timeout=60)
    begin, cpu = time.monotonic(), cpu_seconds(pid)
    for process in processes:
        process.join()
        if process.exitcode:
            sys.exit(f"measure_status.py: a client ended with status {process.exitcode}")
    wall, cpu = time.monotonic() - begin, cpu_seconds(pid) - cpu
    calls = sum(results.get() for _ in processes)
    return {
        "mode": kind.name, "calls": calls, "wall_seconds": round(wall, 3), "server_cpu_seconds": round(cpu, 3),
        "calls_per_second": round(calls / wall, 1),
        "calls_per_cpu_second": round(calls / cpu, 1) if cpu else None,
        "cpu_microseconds_per_call": round(cpu / calls * 1e6, 2) if calls else None,
    }


def start_real_slave():
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "real_slave.py")
    process = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline().split()
    if line[:1] != ["READY"]:
        sys.exit("measure_status.py: the real slave did not start")
    return process, line[1]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--url", help="the slave's URL, such as http://127.0.0.1:8221")
    parser.add_argument("--pid", type=int, help="process of the slave, for its CPU time")
    parser.add_argument("--real-slave", action="store_true", help="start and measure the real slave")
    parser.add_argument("--seconds", type=float, default=5.0, help="length of each measurement (default 5)")
    parser.add_argument("--runs", type=int, default=3, help="measurements of each mode (default 3)")
    parser.add_argument("--connections", type=int, default=8, help="connections of each client (default 8)")
    parser.add_argument("--clients", type=int, default=1, help="client processes (default 1)")
    arguments = parser.parse_args()
    if arguments.real_slave == bool(arguments.url and arguments.pid):
        parser.error("either --url and --pid, or --real-slave")
    return arguments


def main():
    arguments = parse_arguments()
    process = None
    url, pid = arguments.url, arguments.pid
    if arguments.real_slave:
        process, url = start_real_slave()
        pid = process.pid
    try:
        parts = urllib.parse.urlsplit(url)
        address = (parts.hostname, parts.port or 80)
        document = {
            "url": url, "pid": pid, "clients": arguments.clients, "connections": arguments.connections, "runs": [],
            "median_calls_per_cpu_second": {},
        }
        for kind in (KeepAlive, NewConnections):
            runs = [measure(kind, address, pid, arguments) for _ in range(arguments.runs)]
            document["runs"] += runs
            rates = [run["calls_per_cpu_second"] for run in runs if run["calls_per_cpu_second"]]
            document["median_calls_per_cpu_second"][kind.name] = statistics.median(rates) if rates else None
        print(json.dumps(document, indent=2))
    finally:
        if process:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main()
