#!/usr/bin/env python3
"""Record what Twisted's HTTP server answers to odd requests.

Needs Twisted of the release to be recorded:  python3 -m venv v && v/bin/pip install Twisted==24.3.0
Writes one file:                              v/bin/python record.py > twisted-24.3.0.json

The requests are made up from a fixed seed, so every release is asked the same. Each is sent in one piece over a
connection of its own. Answers are kept with their Date, and the boundary of multipart answers, replaced by stars.
"""

import base64
import json
import os
import random
import re
import socket
import sys
import tempfile
import threading

from twisted import copyright
from twisted.internet import reactor
from twisted.web import server, static, xmlrpc

CASES = 700
QUIET_SECONDS = 0.15
ANSWER = b"<answer/>\n"
FILES = {"a": b"0123456789", "empty": b"", "x.tar.gz": b"\x1f\x8b", "b&<.txt": b"text\n"}
MODIFIED = 1704070800

METHODS = ["GET"] * 8 + ["HEAD"] * 2 + ["POST"] * 5 + ["PUT", "OPTIONS", "X", "get", "G<T", "G\u00c9T", "DELETE"]
TARGETS = (
    ["/rpc"] * 8 + ["/filecache/a"] * 8 + ["/filecache/empty", "/filecache/x.tar.gz", "/filecache/b%26%3C.txt"] +
    ["/", "/nope", "/rpc/", "/rpc/a/b", "/rpc?x=%20", "xrpc", "?", "/?", "//rpc", "/rpc//", "*", "/*", "/%72pc"] +
    ["/filecache", "/filecache?x=1", "/filecache?x=<y>&z='\"", "/filecache/.", "/filecache/./", "/filecache/./."] +
    ["/filecache/", "/filecache/?<b>'", "/filecache//", "/filecache/./a", "/filecache/%2e/a", "/filecache/.%2f"] +
    ["/filecache/..", "/filecache/../a", "/filecache/%2e%2e/a", "/filecache/a%2f", "/filecache/a%2f..", "/filecache/a/"] +
    ["/filecache/b%2f..%2fa", "/filecache/%2fa", "/filecache/a%00", "/filecache/%00%2f..%2fa", "/filecache/%ff"] +
    ["/filecache/a?x=1", "/filecache/%61", "/filecache/%6", "/filecache/%", "/filecache/a/b/c", "/filecache/nope"] +
    ["/filecache/nope/x", "/filecache/\u00e9", "/\u00e9", "/rpc\u00e9", "/filecache/./../filecache/a", "/%66ilecache"] +
    ["/filecache/...", "/filecache/.a", "/filecache/a%20", "/filecache/" + "n" * 300]
)
VERSIONS = ["HTTP/1.1"] * 12 + ["HTTP/1.0"] * 3 + ["HTTP/1.2", "HTTP/2.0", "JUNK", "http/1.1"]
HEADERS = (
    ["Host: x"] * 4 +
    ["Connection: close", "Connection: keep-alive", "connection: Close", "Connection: close, x", "Connection: x close"] +
    ["Expect: 100-continue", "Expect: 100-CONTINUE", "Expect: other", "X: 1", "X:1", "X:", "X: a\tb ", "X:  \t y \t"] +
    ["X : 1", ": 1", "no colon", "X\t: 1", " folded", "\tfolded", "X: a\0b", "X\u00e9: 1", "X(: 1", "X: \u00e9"] +
    ["Range: bytes=0-4", "Range: bytes=-3", "Range: bytes=3-", "Range: bytes=20-", "Range: bytes=0-1,3-4"] +
    ["Range: bytes=0-1, 50-, -2", "Range: bytes=-20", "Range: bytes=5-2", "Range: lines=1-2", "Range: bytes", "Range:"] +
    ["Range: bytes=", "Range: bytes=,", "Range: bytes=50-,60-", "Range: bytes=--3", "Range: bytes= 1 - 2 ", "range: bytes=1-1"] +
    ["Range: bytes=1-2-3", "Range: bytes=+1-2", "Range: bytes=0-0,0-0", "Range: bytes=0-1,x"] +
    ["If-Modified-Since: Mon, 01 Jan 2024 01:00:00 GMT", "If-Modified-Since: Sun, 31 Dec 2023 00:00:00 GMT"] +
    ["If-Modified-Since: Monday, 01-Jan-24 01:00:00 GMT", "If-Modified-Since: Mon Jan  1 01:00:00 2024"] +
    ["If-Modified-Since: 01 Jan 2024 01:00:00 GMT", "If-Modified-Since: x", "If-Modified-Since: Mon, 99 Foo 2024 x GMT"] +
    ["If-Modified-Since: Mon, 01 Jan 2024 01:00:00 GMT; length=10", "If-None-Match: *"] +
    ["Content-Type: text/xml", "Content-Type: multipart/form-data; boundary=xx", "Content-Type: multipart/form-data"] +
    ["Content-Type: application/x-www-form-urlencoded", "Transfer-Encoding: identity", "Accept-Encoding: gzip"]
)
BODIES = [b"", b"x", b"<call/>", b"a=b&c=%ff", b"--xx\r\n\r\n1\r\n--xx--\r\n", b"--xx--\r\n", b"\r\n\r\n", bytes(range(256))]
LENGTHS = ["0", "3", "007", "+3", "-1", "x", "", " 7 ", "7 7", "99"]
CHUNKS = [
    b"3\r\nabc\r\n0\r\n\r\n", b"3;x=y\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"A\r\n0123456789\r\n000\r\n\r\n",
    b"3\r\nabc\r\n0\r\nT: 1\r\nU: 2\r\n\r\n", b"0\r\n\r\n", b"0;a\r\n\r\n", b"zz\r\nabc\r\n0\r\n\r\n", b"3\r\nabcd\r\n0\r\n\r\n",
    b"-3\r\nabc\r\n", b" 3\r\nabc\r\n0\r\n\r\n", b"3 \r\nabc\r\n0\r\n\r\n", b"3\nabc\r\n0\r\n\r\n", b"\r\n", b"0x3\r\nabc\r\n",
    b"3;\\\r\nabc\r\n0\r\n\r\n", b"3;\x01\r\nabc\r\n", b"3;\xff\r\nabc\r\n0\r\n\r\n", b"3\r\nabc\r\n0\r\n\rx", b"0\r\n\r",
    b"1" * 2000, b"3" + b";" * 1022 + b"\r\nabc\r\n0\r\n\r\n", b"3" + b";" * 1023 + b"\r\nabc\r\n0\r\n\r\n",
]


def one(rng):
    method, target, version = rng.choice(METHODS), rng.choice(TARGETS), rng.choice(VERSIONS)
    headers = [rng.choice(HEADERS) for _ in range(rng.choice([0, 0, 1, 1, 2, 3]))]
    body = b""
    kind = rng.random()
    if kind < 0.35 or (method == "POST" and kind < 0.7):
        body = rng.choice(BODIES)
        headers.insert(rng.randint(0, len(headers)), "Content-Length: %d" % len(body))
    elif kind < 0.75:
        pass
    elif kind < 0.85:
        body = rng.choice(BODIES)
        headers.append("Content-Length: " + rng.choice(LENGTHS))
    else:
        body = rng.choice(CHUNKS)
        headers.append(rng.choice(["Transfer-Encoding: chunked"] * 6 + ["transfer-encoding: Chunked", "Transfer-Encoding: x"]))
    space = rng.choice([" "] * 20 + ["  ", "\t"])
    line = space.join([method, target, version])
    lines = [line.encode("latin-1")] + [h.encode("latin-1") for h in headers] + [b"", b""]
    return b"\r\n".join(lines) + body


def case(rng):
    request = b"".join(one(rng) for _ in range(rng.choice([1, 1, 1, 2, 3])))
    damage = rng.random()
    if damage < 0.08 and request:
        at = rng.randrange(len(request))
        request = request[:at] + request[at + 1:]
    elif damage < 0.12:
        at = rng.randrange(len(request) + 1)
        request = request[:at] + rng.choice([b"\r\n", b"\n", b"\r", b" ", b"\0", b"x", b":"]) + request[at:]
    elif damage < 0.14:
        request = rng.choice([b"\r\n", b"\r\n\r\n", b"\n"]) + request
    elif damage < 0.16:
        request = request[:rng.randrange(len(request))]
    return request


def ask(port, request):
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.settimeout(QUIET_SECONDS)
        client.sendall(request)
        answer, end = b"", "open"
        while True:
            try:
                piece = client.recv(65536)
            except socket.timeout:
                return answer, end
            except ConnectionResetError:
                return answer, "closed"
            if not piece:
                return answer, "closed"
            answer += piece


def masked(answer):
    answer = re.sub(rb"\r\nDate: [^\r]*", b"\r\nDate: *", answer)
    for boundary in re.findall(rb'boundary="([0-9a-f]+)"', answer):
        answer = answer.replace(boundary, b"*")
        # The boundary's length depends on a process id, and the answer's on the boundary's.
    return re.sub(rb'(boundary="\*"\r\nContent-Length: )\d+', rb"\1*", answer)


class Endpoint(xmlrpc.XMLRPC):
    def render_POST(self, request):
        request.content.seek(0)
        request.setHeader(b"content-type", b"text/xml; charset=utf-8")
        request.setHeader(b"content-length", b"%d" % len(ANSWER))
        request.write(ANSWER)
        request.finish()
        return server.NOT_DONE_YET


def record(port, results):
    rng = random.Random(20240101)
    requests = [case(rng) for _ in range(CASES)]
    lock, numbers = threading.Lock(), iter(range(CASES))

    def work():
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            answer, end = ask(port, requests[number])
            results[number] = (requests[number], masked(answer), end)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reactor.callFromThread(reactor.stop)


def main():
    folder = tempfile.mkdtemp()
    for name, content in FILES.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(content)
        os.utime(os.path.join(folder, name), (MODIFIED, MODIFIED))
    root = server.resource.Resource()
    root.putChild(b"rpc", Endpoint())
    root.putChild(b"filecache", static.File(folder))
    port = reactor.listenTCP(0, server.Site(root), interface="127.0.0.1").getHost().port
    results = {}
    threading.Thread(target=record, args=(port, results)).start()
    reactor.run()
    text = lambda data: base64.b64encode(data).decode()
    cases = [{"request": text(r), "answer": text(a), "end": e} for _, (r, a, e) in sorted(results.items())]
    json.dump({"twisted": copyright.version, "cases": cases}, sys.stdout, indent=0)


main()
