#!/usr/bin/env python3
"""Runs the real launchpad-buildd daemon on one port, with stand-ins for its build steps.

The daemon itself is the one from PyPI, loaded by twistd from its own .tac file and untouched. Only what it would
start (the step programs and sudo) and what PyPI does not have (python-apt) are replaced. Its home is temporary.

Prints `READY URL` once it listens and ends on SIGTERM. What the builds do is set by the options, or while it runs
by writing files into the folder named by --control (see `write_control`); every build reads them anew.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import types

STEPS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "steps")
STEP_NAMES = [
    "builder-prep", "unpack-chroot", "mount-chroot", "override-sources-list", "add-trusted-keys",
    "update-debian-chroot", "scan-for-processes", "umount-chroot", "remove-build",
]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one (default)")
    parser.add_argument("--architecture", default="amd64", metavar="TAG", help="architecture tag (default amd64)")
    parser.add_argument("--duration", type=float, default=0.0, metavar="SECONDS", help="length of the main step")
    parser.add_argument(
        "--outcome", default="0", metavar="STATUS",
        help="exit status of the main step, or one of ok, packagefail, builderfail, givenback, depfail")
    parser.add_argument(
        "--lines", type=int, default=60, metavar="N", help="lines the main step logs, spread over its length")
    parser.add_argument(
        "--abort-delay", type=float, default=0.0, metavar="SECONDS",
        help="how long an abort takes to end the main step; so long the slave is ABORTING")
    parser.add_argument(
        "--results", default="", metavar="DIR",
        help="folder (searched two levels deep) for the .changes file of a build and what it lists; "
        "a build it does not have gets a small package made for it")
    parser.add_argument(
        "--fail", action="append", default=[], metavar="STEP=STATUS",
        help="exit status of another step: " + ", ".join(STEP_NAMES))
    parser.add_argument("--home", metavar="DIR", help="home of the slave, kept at the end (default: temporary)")
    parser.add_argument("--control", metavar="DIR", help="folder of the control files (default: inside the home)")
    arguments = parser.parse_args()
    if arguments.results and not os.path.isdir(arguments.results):
        parser.error(f"--results {arguments.results}: no such folder")
    for failure in arguments.fail:
        step, _, status = failure.partition("=")
        if step not in STEP_NAMES or not status.isdigit():
            parser.error(f"--fail {failure}: expected STEP=STATUS with STEP one of {', '.join(STEP_NAMES)}")
    return arguments


def write_control(folder, arguments):
    """One value a file, so that shell steps can read them."""
    os.makedirs(os.path.join(folder, "status"), exist_ok=True)
    results = os.path.abspath(arguments.results) if arguments.results else ""
    values = {
        "duration": arguments.duration, "abort-delay": arguments.abort_delay, "lines": arguments.lines,
        "outcome": arguments.outcome, "results": results,
    }
    for failure in arguments.fail:
        step, _, status = failure.partition("=")
        values[os.path.join("status", step)] = status
    for name, value in values.items():
        with open(os.path.join(folder, name), "w") as file:
            print(value, file=file)


def lay_out_home(home, port, architecture):
    """Makes the folders and the configuration the daemon expects; the path of the configuration is returned."""
    for folder in ("filecache", "share/bin", "path"):
        os.makedirs(os.path.join(home, folder), exist_ok=True)
    for step in ("builder-prep", "in-target", "sbuild-package"):
        shutil.copy(os.path.join(STEPS, step), os.path.join(home, "share/bin", step))
    shutil.copy(os.path.join(STEPS, "sudo"), os.path.join(home, "path", "sudo"))
    configuration = os.path.join(home, "buildd.conf")
    with open(configuration, "w") as file:
        # The daemon ignores bindhost; what follows the port goes into its endpoint description as it is.
        print(
            "[builder]",
            f"architecturetag = {architecture}",
            f"filecache = {home}/filecache",
            f"bindport = {port}:interface=127.0.0.1",
            f"sharepath = {home}/share",
            "[translationtemplatesmanager]",
            "resultarchive = translation-templates.tar.gz",
            sep="\n", file=file)
    return configuration


def stand_in_for_apt(version):
    """Gives the daemon an `apt` that knows one installed package: itself.

    python-debian is imported first, so that it does not take the stand-in for the real module.
    """
    import debian.deb822  # noqa: F401
    import debian.debian_support  # noqa: F401

    package = types.SimpleNamespace(installed=types.SimpleNamespace(version=version))
    apt = types.ModuleType("apt")
    apt.Cache = lambda: {"launchpad-buildd": package}
    sys.modules["apt"] = apt
    sys.modules["apt_pkg"] = types.ModuleType("apt_pkg")


def announce():
    """Prints where the daemon listens; twistd has put its log in the place of sys.stdout by then."""
    from twisted.internet import reactor, tcp

    for reader in reactor.getReaders():
        if isinstance(reader, tcp.Port):
            print(f"READY http://127.0.0.1:{reader.getHost().port}", file=sys.__stdout__, flush=True)


def end_workers(home):
    """Ends main steps that still run."""
    for entry in os.listdir(home):
        try:
            with open(os.path.join(home, entry, "worker.pid")) as file:
                os.kill(int(file.read()), signal.SIGKILL)
        except (OSError, ValueError):
            continue


def main():
    arguments = parse_arguments()
    home = os.path.abspath(arguments.home) if arguments.home else tempfile.mkdtemp(prefix="real-slave-")
    control = os.path.abspath(arguments.control) if arguments.control else os.path.join(home, "control")
    os.makedirs(home, exist_ok=True)
    write_control(control, arguments)
    os.environ.update({
        "BUILDD_SLAVE_CONFIG": lay_out_home(home, arguments.port, arguments.architecture),
        "HOME": home,
        "PATH": os.path.join(home, "path") + os.pathsep + os.environ.get("PATH", "/usr/bin:/bin"),
        "SLAVE_CONTROL": control,
        "SLAVE_PYTHON": sys.executable,
        "SLAVE_STEPS": STEPS,
    })

    from importlib import metadata
    stand_in_for_apt(metadata.version("launchpad-buildd"))

    import lpbuildd
    from twisted.internet import reactor
    from twisted.scripts import twistd

    def finish():
        end_workers(home)
        if not arguments.home:
            shutil.rmtree(home, ignore_errors=True)

    # twistd ends by the signal that stopped it, so the cleaning up is part of the shutdown.
    reactor.callWhenRunning(announce)
    reactor.addSystemEventTrigger("after", "shutdown", finish)
    tac = os.path.join(os.path.dirname(lpbuildd.__file__), "buildd-slave.tac")
    sys.argv = [
        "twistd", "--nodaemon", "--pidfile=", f"--rundir={home}", f"--logfile={home}/twistd.log", f"--python={tac}",
    ]
    try:
        twistd.run()
    except Exception as error:
        finish()
        print(f"real_slave.py: the daemon did not start: {error}", file=sys.__stderr__)
        sys.exit(1)


if __name__ == "__main__":
    main()
