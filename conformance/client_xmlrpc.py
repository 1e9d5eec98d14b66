#!/usr/bin/env python3
"""Drives a slave with Python's own xmlrpc.client and http.client: client_xmlrpc.py URL

Exit status 0 when every check of cycle.py holds.
"""

import argparse
import http.client
import sys
import time
import urllib.parse
import xmlrpc.client

import cycle
import librarian


class Client:
    """Calls over one kept-alive connection, as xmlrpc.client does; a connection for each download."""

    def __init__(self, url, patience):
        self.patience = patience
        self.address = urllib.parse.urlsplit(url).netloc
        self.proxy = xmlrpc.client.ServerProxy(
            f"http://{self.address}/rpc", allow_none=True, transport=Transport(patience))

    async def call(self, method, *arguments):
        return getattr(self.proxy, method)(*arguments)

    async def fetch(self, path, headers={}):
        connection = http.client.HTTPConnection(self.address, timeout=self.patience)
        try:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return response.status, names, response.read()
        finally:
            connection.close()

    async def pause(self, seconds):
        time.sleep(seconds)


class Transport(xmlrpc.client.Transport):
    """The standard transport with a time limit."""

    def __init__(self, patience):
        super().__init__()
        self.patience = patience

    def make_connection(self, host):
        connection = super().make_connection(host)
        connection.timeout = self.patience
        return connection


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("url")
    parser.add_argument("--patience", type=float, default=60.0, metavar="SECONDS", help="limit of every wait")
    arguments = parser.parse_args()
    files = librarian.Librarian()
    run = cycle.Cycle(Client(arguments.url, arguments.patience), arguments.patience, files)
    try:
        run.run().send(None)
    except StopIteration:
        print(f"xmlrpc.client: {run.checks} checks held")
    except cycle.CheckFailed as failure:
        sys.exit(f"not ok {run.checks + 1} - {failure}")
    finally:
        files.close()


if __name__ == "__main__":
    main()
