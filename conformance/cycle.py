"""What both client scripts do to a slave: every method in every state, two whole builds, every answer checked.

`run` is written once as a coroutine. A client offers three coroutine methods:

    call(method, *arguments)   an XML-RPC call; raises xmlrpc.client.Fault
    fetch(path, headers)       a GET below the slave's URL: (status, headers with lower-case names, body)
    pause(seconds)

so that the blocking client of Python and the deferreds of Twisted run the same checks.
"""

import base64
import hashlib
import time
import xmlrpc.client

import librarian
import packages

ABSENT = "a" * 40
MISSING = f"{ABSENT[:-1]}b"
CHROOT = b"chroot tarball stand-in of the client conformance run\n"
SOURCE = packages.source_package("conformance-client", "1.0-1")

MEMBERS = {
    "BuilderStatus.IDLE": [],
    "BuilderStatus.BUILDING": ["build_id", "logtail"],
    "BuilderStatus.ABORTING": ["build_id"],
    "BuilderStatus.WAITING": ["build_status", "build_id", "filemap", "dependencies"],
    "BuilderStatus.WAITING ABORTED": ["build_status", "build_id"],
}


class CheckFailed(Exception):
    """A check that did not hold; the text says what was expected and what came."""


class Cycle:
    """One run against one slave."""

    def __init__(self, client, patience, librarian):
        self.client = client
        self.patience = patience
        self.librarian = librarian
        self.checks = 0
        self.files = {}

    # Checking.

    def expect(self, what, got, wanted):
        if got != wanted:
            raise CheckFailed(f"{what}\n  expected {wanted!r}\n  got      {got!r}")
        self.passed(what)

    def passed(self, what):
        self.checks += 1
        print(f"ok {self.checks} - {what}", flush=True)

    async def expect_fault(self, what, code, text, method, *arguments):
        try:
            result = await self.client.call(method, *arguments)
        except xmlrpc.client.Fault as fault:
            self.expect(what, (fault.faultCode, fault.faultString), (code, text))
        else:
            raise CheckFailed(f"{what}\n  expected fault {code} {text!r}\n  got      {result!r}")

    async def expect_result(self, what, wanted, method, *arguments):
        self.expect(what, await self.client.call(method, *arguments), wanted)

    async def status(self, what, state, build_id=None, kind=None):
        """Calls `status` and checks the state and the members, in order."""
        status = await self.client.call("status")
        members = [name for name in status if name != "builder_version"]
        self.expect(f"{what}: state", status["builder_status"], state)
        self.expect(f"{what}: members", members, ["builder_status"] + MEMBERS[kind or state])
        if "builder_version" in status:
            self.expect(f"{what}: the version comes second", list(status)[1], "builder_version")
        if build_id is not None:
            self.expect(f"{what}: build id", status["build_id"], build_id)
        return status

    async def wait_for(self, state):
        """Polls until the slave is in `state`; leaving BUILDING and ABORTING for another one is a failure."""
        deadline = time.monotonic() + self.patience
        while True:
            status = await self.client.call("status")
            if status["builder_status"] == state:
                self.passed(f"the slave becomes {state}")
                return status
            if status["builder_status"] not in ("BuilderStatus.BUILDING", "BuilderStatus.ABORTING"):
                raise CheckFailed(f"waiting for {state}, the slave became {status!r}")
            if time.monotonic() > deadline:
                raise CheckFailed(f"the slave is not {state} after {self.patience} s: {status!r}")
            await self.client.pause(0.1)

    # The parts of the run.

    async def run(self):
        await self.status("before all", "BuilderStatus.IDLE")
        await self.echo()
        await self.info()
        await self.idle()
        await self.fetches()
        await self.refused_builds()
        await self.whole_build()
        await self.aborted_build()
        await self.status("after all", "BuilderStatus.IDLE")

    async def echo(self):
        every_byte = bytes(range(256))
        values = {
            "nothing": [],
            "a word": ["ping"],
            "text with markup and other scripts": ["<a&b> \"'\n\t\u00e9\u4e2d\U0001f600", ""],
            "integers": [0, 1, -1, 2**31 - 1, -(2**31)],
            "booleans": [True, False],
            "doubles": [0.1, -2.5, 3.0, 1e300],
            "binary": [xmlrpc.client.Binary(every_byte), xmlrpc.client.Binary(b"")],
            "a date": [xmlrpc.client.DateTime("20240101T00:00:00")],
            "nil": [None],
            "nested arrays and structs": [[[], [1, ["two", None]]], {"b": 1, "a": {"x": [True]}, "": ""}],
        }
        for what, arguments in values.items():
            await self.expect_result(f"echo of {what}", arguments, "echo", *arguments)
        order = await self.client.call("echo", {"z": 1, "a": 2, "m": 3})
        self.expect("echo keeps the order of members", list(order[0]), ["z", "a", "m"])

    async def info(self):
        version, architecture, build_types = await self.client.call("info")
        self.expect("info: protocol version", version, "1.0")
        self.expect("info: architecture is a word", isinstance(architecture, str) and architecture != "", True)
        self.expect("info: binarypackage is offered", "binarypackage" in build_types, True)
        self.architecture, self.build_types = architecture, build_types

    async def idle(self):
        for method in ("abort", "clean"):
            await self.expect_fault(f"{method} while IDLE", 8002, "error", method)
        await self.expect_fault("unknown method", 8001, "procedure nonesuch not found", "nonesuch")
        await self.expect_fault("dotted method", 8001, "no such subHandler a", "a.b")
        await self.expect_fault("argument too many", 8002, "error", "status", 1)
        await self.expect_fault("arguments left out", 8002, "error", "ensurepresent", ABSENT, None)
        self.expect("no build log while IDLE", (await self.client.fetch("/filecache/buildlog"))[0], 404)

    async def ensure(self, what, wanted, sum_, url=None, user="", password=""):
        result = await self.client.call("ensurepresent", sum_, url, user, password)
        self.expect(f"ensurepresent: {what}", list(result), wanted)

    async def fetches(self):
        add = self.librarian.add
        trouble = "Error accessing Librarian: "
        await self.ensure("absent, no URL", [False, "No URL"], ABSENT)
        await self.ensure(
            "404", [False, trouble + "HTTP Error 404: Not Found"], ABSENT, self.librarian.url("nonesuch"))
        await self.ensure("other contents", [False, "Digests did not match, removing again!"], ABSENT, add(b"x\n")[1])
        await self.ensure("nothing was kept", [False, "No URL"], ABSENT)
        # Contents that no earlier run has left in the cache.
        stamp = str(time.time_ns())
        secret, secret_url = add(f"secret {stamp}\n".encode(), restricted=True)
        await self.ensure("no credentials", [False, trouble + "HTTP Error 401: Unauthorized"], secret, secret_url)
        await self.ensure(
            "credentials", [True, "Download"], secret, secret_url, librarian.USER, librarian.PASSWORD)
        moved, moved_url = add(f"moved {stamp}\n".encode(), redirect=True)
        await self.ensure("a redirect", [True, "Download"], moved, moved_url)
        self.chroot = (await self.put(CHROOT))[0]
        for name, content in SOURCE:
            self.files[name] = (await self.put(content))[0]
        await self.ensure("there already", [True, "Cache"], self.chroot, self.librarian.url("nonesuch"))
        await self.ensure("there, no URL", [True, "No URL"], self.chroot)
        status, headers, body = await self.client.fetch(f"/filecache/{self.chroot}")
        self.expect("a cached file is served", (status, body), (200, CHROOT))
        self.expect("its length", headers["content-length"], str(len(CHROOT)))
        status, headers, body = await self.client.fetch(f"/filecache/{self.chroot}", {"Range": "bytes=3-9"})
        self.expect("a range of it", (status, body), (206, CHROOT[3:10]))
        self.expect("the range's header", headers["content-range"], f"bytes 3-9/{len(CHROOT)}")
        listing = (await self.client.fetch("/filecache/"))[2]
        self.expect("the cache's listing names it", self.chroot.encode() in listing, True)

    async def put(self, content):
        """Brings a file into the cache; it may be there from an earlier run."""
        sum_, url = self.librarian.add(content)
        present, information = await self.client.call("ensurepresent", sum_, url, "", "")
        self.expect(
            f"ensurepresent: {sum_}", (present, information in ("Download", "Cache")), (True, True))
        return sum_, url

    def arguments(self, **more):
        """The extra arguments of a binary build, as a manager sends them."""
        return {
            "arch_tag": self.architecture, "archive_private": False, "build_url": "http://farm.example/+build/1",
            "builder_constraints": [], "fast_cleanup": False, "series": "noble", "image_type": "chroot",
            "arch_indep": True, "suite": "noble", "archive_purpose": "PRIMARY", "ogrecomponent": "main",
            "archives": ["deb http://archive.example/ubuntu noble main"],
            "trusted_keys": [base64.b64encode(b"key").decode()], "build_debug_symbols": False,
            "distribution": "ubuntu", **more,
        }

    async def build(self, build_id, build_type="binarypackage", chroot=None, files=None, **more):
        return await self.client.call(
            "build", build_id, build_type, chroot or self.chroot, self.files if files is None else files,
            self.arguments(**more))

    async def refused_builds(self):
        listed = "[" + ", ".join(f"'{name}'" for name in self.build_types) + "]"
        self.expect(
            "build of an unknown type", await self.build("1-1", build_type="nonesuch"),
            ["BuilderStatus.UNKNOWNBUILDER", f"nonesuch not in {listed}"])
        for word, indent, build in (
            ("CHROOTSUM", 12, self.build("1-1", chroot=MISSING)),
            ("FILESUM", 16, self.build("1-1", files={"x_1.dsc": MISSING})),
        ):
            blanks = " " * indent
            text = f"{word} -> {MISSING}\n{blanks}***** INFO *****\n{blanks}No URL\n{blanks}****************\n{blanks}"
            self.expect(f"build: {word} unknown", await build, ["BuilderStatus.UNKNOWNSUM", text])
        await self.expect_fault(
            "build with an empty id", 8002, "error", "build", "", "binarypackage", self.chroot, self.files,
            self.arguments())
        await self.status("after refused builds", "BuilderStatus.IDLE")

    async def whole_build(self):
        build_id = f"PACKAGEBUILD-{time.time_ns()}"
        self.expect("build", await self.build(build_id), ["BuilderStatus.BUILDING", build_id])
        status = await self.status("building", "BuilderStatus.BUILDING", build_id)
        self.expect("the log tail is binary", isinstance(status["logtail"], xmlrpc.client.Binary), True)
        self.expect("the log tail is short", len(status["logtail"].data) <= 2048, True)
        await self.expect_fault("clean while BUILDING", 8002, "error", "clean")
        self.expect("the build log is served", (await self.client.fetch("/filecache/buildlog"))[0], 200)
        await self.expect_result("echo while BUILDING", ["x"], "echo", "x")
        await self.ensure("while BUILDING", [True, "No URL"], self.chroot)

        await self.wait_for("BuilderStatus.WAITING")
        status = await self.status("built", "BuilderStatus.WAITING", build_id)
        self.expect("the build went well", status["build_status"], "BuildStatus.OK")
        self.expect("no dependencies", status["dependencies"], "")
        await self.collect(status["filemap"])
        await self.expect_fault("abort while WAITING", 8002, "error", "abort")
        await self.expect_result("clean", "BuilderStatus.IDLE", "clean")
        await self.status("cleaned", "BuilderStatus.IDLE")
        for path in ["buildlog", *status["filemap"].values()]:
            self.expect(f"{path} is gone", (await self.client.fetch(f"/filecache/{path}"))[0], 404)
        await self.ensure("inputs stay", [True, "No URL"], self.chroot)

    async def collect(self, filemap):
        """Fetches the log and every result, checks the digests, and the files against the .changes file."""
        contents = {}
        for name, sum_ in filemap.items():
            status, headers, body = await self.client.fetch(f"/filecache/{sum_}")
            self.expect(f"{name}: status and length", (status, headers["content-length"]), (200, str(len(body))))
            self.expect(f"{name}: digest", hashlib.sha1(body).hexdigest(), sum_)
            contents[name] = body
        changes = [name for name in filemap if name.endswith(".changes")]
        self.expect("one .changes file", len(changes), 1)
        listing = packages.parse_listing(contents[changes[0]].decode())
        self.expect("the results are what it lists", sorted(listing), sorted(set(filemap) - set(changes)))
        for name, (size, digests) in listing.items():
            got = {algorithm: hashlib.new(algorithm, contents[name]).hexdigest() for algorithm in digests}
            self.expect(f"{name}: as listed", (len(contents[name]), got), (size, digests))
        status, headers, body = await self.client.fetch("/filecache/buildlog")
        self.expect("build log: status and length", (status, headers["content-length"]), (200, str(len(body))))
        self.expect("build log: begins with the build's URL", body.split(b"\n")[0], b"http://farm.example/+build/1")

    async def reach_main_step(self):
        """Waits until the log names the main step, for at most a second: a fake need not have one."""
        deadline = time.monotonic() + 1
        while time.monotonic() < deadline:
            status = await self.client.call("status")
            if b"sbuild-package" in getattr(status.get("logtail"), "data", b""):
                print("# the main step has begun")
                return
            await self.client.pause(0.05)

    async def aborted_build(self):
        build_id = f"PACKAGEBUILD-{time.time_ns()}"
        self.expect("build", await self.build(build_id), ["BuilderStatus.BUILDING", build_id])
        await self.reach_main_step()
        await self.expect_result("abort", "BuilderStatus.ABORTING", "abort")
        status = await self.client.call("status")
        if status["builder_status"] == "BuilderStatus.ABORTING":
            members = [name for name in status if name != "builder_version"]
            self.expect("aborting: members", members, ["builder_status"] + MEMBERS["BuilderStatus.ABORTING"])
            self.expect("aborting: build id", status["build_id"], build_id)
        await self.wait_for("BuilderStatus.WAITING")
        status = await self.status(
            "aborted", "BuilderStatus.WAITING", build_id, kind="BuilderStatus.WAITING ABORTED")
        self.expect("aborted: build status", status["build_status"], "BuildStatus.ABORTED")
        await self.expect_result("clean after an abort", "BuilderStatus.IDLE", "clean")
