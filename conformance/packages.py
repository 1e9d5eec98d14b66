"""Small valid Debian packages: made in a folder, and the files of a .changes file read back.

Everything is made with fixed dates and owners, so that the same call gives the same bytes.
"""

import gzip
import hashlib
import io
import os
import tarfile

MAINTAINER = "Conformance <conformance@example.org>"
DATE = "Mon, 01 Jan 2024 00:00:00 +0000"
TIME = 1704067200


def tarball(files):
    """A gzipped tar archive of (name, bytes) pairs."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, content in files:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime, entry.mode = len(content), TIME, 0o644
            archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(raw.getvalue(), mtime=TIME)


def ar_archive(members):
    """An ar archive of (name, bytes) pairs, as dpkg writes it."""
    archive = b"!<arch>\n"
    for name, content in members:
        archive += f"{name:<16}{TIME:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n".encode()
        archive += content + b"\n" * (len(content) % 2)
    return archive


def without_epoch(version):
    return version.split(":", 1)[-1]


def checksum_fields(files, section):
    """The three fields of a .changes or .dsc file that list (name, bytes) pairs; `section` is empty for a .dsc."""
    def lines(digest, middle=""):
        return "".join(
            f"\n {digest(content).hexdigest()} {len(content)} {middle}{name}" for name, content in files)
    return (
        f"Checksums-Sha1:{lines(hashlib.sha1)}\n"
        f"Checksums-Sha256:{lines(hashlib.sha256)}\n"
        f"Files:{lines(hashlib.md5, section)}\n")


def write(folder, name, content):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content)


def write_binary(folder, source, version, architecture):
    """Writes one .deb and the .changes file of its build; returns the name of the latter."""
    control = (
        f"Package: {source}\nVersion: {version}\nArchitecture: {architecture}\nMaintainer: {MAINTAINER}\n"
        "Section: misc\nPriority: optional\nDescription: stand-in result of a build\n")
    deb = ar_archive([
        ("debian-binary", b"2.0\n"),
        ("control.tar.gz", tarball([("./control", control.encode())])),
        ("data.tar.gz", tarball([(f"./usr/share/doc/{source}/README", b"Nothing was built.\n")])),
    ])
    stem = f"{source}_{without_epoch(version)}"
    deb_name = f"{stem}_{architecture}.deb"
    changes = (
        f"Format: 1.8\nDate: {DATE}\nSource: {source}\nBinary: {source}\nArchitecture: {architecture}\n"
        f"Version: {version}\nDistribution: noble\nUrgency: medium\nMaintainer: {MAINTAINER}\n"
        f"Changed-By: {MAINTAINER}\nDescription:\n {source} - stand-in result of a build\n"
        f"Changes:\n {source} ({version}) noble; urgency=medium\n .\n   * Stand-in.\n"
        + checksum_fields([(deb_name, deb)], "misc optional "))
    write(folder, deb_name, deb)
    changes_name = f"{stem}_{architecture}.changes"
    write(folder, changes_name, changes.encode())
    return changes_name


def source_package(source, version):
    """The files of a native source package, as (name, bytes) pairs with the .dsc first."""
    stem = f"{source}_{without_epoch(version)}"
    tar = tarball([(f"{source}-{version}/debian/source/format", b"3.0 (native)\n")])
    dsc = (
        f"Format: 3.0 (native)\nSource: {source}\nBinary: {source}\nArchitecture: any\nVersion: {version}\n"
        f"Maintainer: {MAINTAINER}\nStandards-Version: 4.6.2\n"
        + checksum_fields([(f"{stem}.tar.gz", tar)], ""))
    return [(f"{stem}.dsc", dsc.encode()), (f"{stem}.tar.gz", tar)]


def parse_listing(text):
    """The files a .changes file lists: name to (size, {algorithm: digest})."""
    algorithms = {"Files:": "md5", "Checksums-Sha1:": "sha1", "Checksums-Sha256:": "sha256"}
    listing = {}
    algorithm = None
    for line in text.splitlines():
        if not line.startswith(" "):
            algorithm = algorithms.get(line.strip())
        elif algorithm:
            words = line.split()
            size, digests = listing.setdefault(words[-1], (int(words[1]), {}))
            if size != int(words[1]):
                raise ValueError(f"{words[-1]} is listed with two sizes")
            digests[algorithm] = words[0]
    return listing


def listed_files(path):
    with open(path, encoding="utf-8") as file:
        return list(parse_listing(file.read()))
