#!/usr/bin/env python3
"""Drives a slave with Twisted's xmlrpc.Proxy and web client, the ones a manager uses: client_twisted.py URL

Every call has a connection of its own and is HTTP/1.0, as that proxy does it; files are fetched by an agent with a
pool of connections. Exit status 0 when every check of cycle.py holds.
"""

import argparse
import sys
import warnings

from twisted.internet import defer, reactor, task
from twisted.web import client, http_headers, xmlrpc

import cycle
import librarian

# readBody says so of every answer that was complete before its body was asked for.
warnings.filterwarnings("ignore", "Using readBody with a transport", DeprecationWarning)


class Client:
    def __init__(self, url, patience):
        self.url = url.rstrip("/").encode()
        self.patience = patience
        self.proxy = xmlrpc.Proxy(self.url + b"/rpc", allowNone=True, connectTimeout=patience)
        self.proxy.queryFactory.noisy = False
        self.agent = client.Agent(reactor, connectTimeout=patience, pool=client.HTTPConnectionPool(reactor))

    def limited(self, deferred):
        return deferred.addTimeout(self.patience, reactor)

    async def call(self, method, *arguments):
        return await self.limited(self.proxy.callRemote(method, *arguments))

    async def fetch(self, path, headers={}):
        sent = http_headers.Headers({name: [value] for name, value in headers.items()})
        response = await self.limited(self.agent.request(b"GET", self.url + path.encode(), sent))
        body = await self.limited(client.readBody(response))
        names = {name.lower().decode(): values[-1].decode() for name, values in response.headers.getAllRawHeaders()}
        # The agent keeps the length apart.
        names.setdefault("content-length", str(response.length))
        return response.code, names, body

    async def pause(self, seconds):
        await task.deferLater(reactor, seconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("url")
    parser.add_argument("--patience", type=float, default=60.0, metavar="SECONDS", help="limit of every wait")
    arguments = parser.parse_args()
    files = librarian.Librarian()
    run = cycle.Cycle(Client(arguments.url, arguments.patience), arguments.patience, files)
    outcome = {}

    def finished(result):
        outcome["result"] = result
        reactor.stop()

    reactor.callWhenRunning(lambda: defer.ensureDeferred(run.run()).addBoth(finished))
    reactor.run()
    files.close()
    failure = outcome["result"]
    if failure is None:
        print(f"twisted.web.xmlrpc: {run.checks} checks held")
    elif failure.check(cycle.CheckFailed):
        sys.exit(f"not ok {run.checks + 1} - {failure.value}")
    else:
        sys.exit(failure.getTraceback())


if __name__ == "__main__":
    main()
