#!/usr/bin/env python3
"""What the main step of a build does: writes a log for a while, leaves result files, ends as it is told."""

import os
import re
import shutil
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import packages  # noqa: E402

# Exit status and last words, by outcome; the daemon reads the words of the last two out of its log.
OUTCOMES = {
    "ok": (0, ""),
    "packagefail": (1, ""),
    "builderfail": (4, ""),
    "givenback": (3, "E: There are problems and -y was used without --force-yes\n"),
    "depfail": (
        3,
        "The following packages have unmet dependencies:\n"
        " sbuild-build-depends : Depends: libmissing-dev (>= 2.0) but it is not installable\n"
        "Fail-Stage: install-deps\n",
    ),
}


def control(name):
    with open(os.path.join(os.environ["SLAVE_CONTROL"], name)) as file:
        return file.read().strip()


def write_log(dsc, duration, lines):
    """Logs `lines` lines of 60 bytes or so, evenly over `duration` seconds."""
    begin = time.monotonic()
    for number in range(1, lines + 1):
        wait = begin + duration * number / lines - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        print(f"{dsc}: stand-in build, line {number} of {lines} \u2013 nothing to see", flush=True)
    rest = begin + duration - time.monotonic()
    if rest > 0:
        time.sleep(rest)


def find(folder, name):
    """The folder that holds `name`, in `folder` or one level below; None when there is none."""
    if not folder:
        return None
    for candidate in [folder] + sorted(entry.path for entry in os.scandir(folder) if entry.is_dir()):
        if os.path.isfile(os.path.join(candidate, name)):
            return candidate
    return None


def leave_results(build, dsc, architecture, results):
    """Puts the .changes file the daemon looks for, and the files it lists, into the build folder."""
    stem = dsc[: -len(".dsc")]
    name = f"{stem}_{architecture}.changes"
    folder = find(results, name)
    if folder is None:
        source, version = stem.split("_", 1)
        packages.write_binary(build, source, version, architecture)
        return
    shutil.copy(os.path.join(folder, name), build)
    for listed in packages.listed_files(os.path.join(folder, name)):
        shutil.copy(os.path.join(folder, listed), build)


def main():
    build_id, architecture, dsc = sys.argv[1], sys.argv[2], sys.argv[-1]
    if not re.fullmatch(r"[^/_]+_[^/_]+\.dsc", dsc):
        sys.exit(f"{dsc}: not the name of a .dsc file")
    outcome = control("outcome")
    status, words = OUTCOMES[outcome] if outcome in OUTCOMES else (int(outcome), "")
    write_log(dsc, float(control("duration")), int(control("lines")))
    if status == 0:
        leave_results(os.path.join(os.environ["HOME"], f"build-{build_id}"), dsc, architecture, control("results"))
    print(words, end="", flush=True)
    sys.exit(status)


main()
