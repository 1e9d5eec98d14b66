/// The steps of reading a `.deb` (format described in deb(5)).
struct DebReading {
    /// One of the two tar members.
    struct Part {
        var compression: PackageCompression
        var members: [PackageMember] = []
        /// Of all paths and link targets so far.
        var pathBytes = 0
    }

    private let outer: ArchiveReader
    private let limits: DebLimits
    private var membersSeen = 0
    /// Where the container must end, judging by the last header.
    private var expectedEnd: Int64 = 8

    private static let headerBytes: Int64 = 60

    init(_ source: some ByteSource, limits: DebLimits) throws {
        outer = try ArchiveReader(.ar, "the package", from: source)
        self.limits = limits
    }

    mutating func run() throws -> DebArchive {
        try readFormatVersion()
        let controlName = try nextPart("control.tar")
        let (controlPart, control) = try readControl(controlName)
        let dataName = try nextPart("data.tar")
        let (dataPart, _) = try readPart(
            dataName, base: "data.tar", maximumBytes: limits.dataBytes, keeping: nil)
        while try nextMember() != nil {}
        try checkEnd()
        return DebArchive(control: control, controlPart: controlPart, dataPart: dataPart)
    }

    /// `debian-binary` says which version of the format follows; only 2.x is known.
    private mutating func readFormatVersion() throws {
        guard let name = try nextMember() else { throw Self.broken("the package is empty") }
        guard name == "debian-binary" else {
            throw Self.broken("the package begins with \(quoted(name)) instead of \"debian-binary\"")
        }
        var version = PackedMember(outer)
        let text: [UInt8]
        do {
            text = try version.readAll(maximum: 100)
        } catch let error as DebianFormatsError where error.code == .uploadLimit {
            throw Self.broken("\"debian-binary\" holds more than a version")
        }
        guard let line = text.split(separator: 0x0A).first, line.starts(with: Array("2.".utf8)),
            line.count > 2,
            line.dropFirst(2).allSatisfy(ASCII.isDigit)
        else {
            throw Self.broken(
                "\(quoted(String(decoding: text, as: UTF8.self))) is no known version of the format")
        }
    }

    /// Moves to the next member that matters and returns its name, which must begin with `base`.
    private mutating func nextPart(_ base: String) throws -> String {
        while let name = try nextMember() {
            if name.hasPrefix("_") { continue }
            guard name.hasPrefix(base) else {
                throw Self.broken("\(quoted(name)) stands where \(base) should be")
            }
            return name
        }
        throw Self.broken("the package has no member \(base)")
    }

    private mutating func nextMember() throws -> String? {
        guard let member = try outer.next() else { return nil }
        membersSeen += 1
        guard membersSeen <= limits.outerMembers else {
            throw DebianFormatsError(.unpackLimit, "the package has more than \(limits.outerMembers) members")
        }
        guard case .file = member.kind, member.size >= 0 else {
            throw Self.broken("\(quoted(member.path)) is no plain member")
        }
        // Longer names are stored apart from the header, in ways no package uses.
        guard (1...16).contains(member.path.utf8.count) else {
            throw Self.broken("the name \(quoted(member.path)) does not fit a member of a package")
        }
        let (end, overflow) = expectedEnd.addingReportingOverflow(member.size)
        guard !overflow, end <= Int64.max - Self.headerBytes - 1 else {
            throw Self.broken("the size of \(quoted(member.path)) cannot be true")
        }
        expectedEnd = end + Self.headerBytes + (member.size & 1)
        return member.path
    }

    /// The container ends with its last member; a missing line feed after one of odd size is forgiven.
    private func checkEnd() throws {
        let end = outer.bytesTaken
        guard end == expectedEnd || end == expectedEnd - 1 else {
            throw Self.broken("the package is \(end) bytes long, but its members end at \(expectedEnd)")
        }
    }

    private func readControl(_ name: String) throws -> (Part, Stanza) {
        let (part, text) = try readPart(
            name, base: "control.tar", maximumBytes: limits.controlBytes, keeping: "control")
        guard let text else { throw Self.broken("\(name) has no file \"control\"") }
        var options = Deb822.Options()
        options.limits.documentBytes = limits.controlFileBytes
        return (part, try Deb822.singleStanza(in: text, options: options))
    }

    /// Reads a tar member to its end.
    ///
    /// - Parameter keeping: the path of the one file whose contents are returned.
    private func readPart(
        _ name: String, base: String, maximumBytes: Int64, keeping: String?
    ) throws -> (Part, contents: [UInt8]?) {
        let ending = name.dropFirst(base.count)
        guard let compression = PackageCompression.allCases.first(where: { $0.fileNameEnding == ending })
        else {
            throw Self.broken("\(quoted(name)) is compressed in an unknown way")
        }
        let unpacked = try UnpackedMember(
            of: outer, name, compression, maximumBytes: maximumBytes, limits: limits)
        let tar = try ArchiveReader(.tar, name, from: unpacked)
        var part = Part(compression: compression)
        var treeGuard = TreeGuard()
        var contents: [UInt8]?
        while let found = try tar.next() {
            let member = try check(found, name, &treeGuard)
            try add(member, to: &part, name)
            guard member.path == keeping, case .file = member.kind else { continue }
            guard contents == nil else { throw Self.broken("\(name) has two files \"\(member.path)\"") }
            contents = try read(tar, member)
        }
        // The end of the tar is not the end of the stream, whose checksum stands there.
        try unpacked.finish()
        return (part, contents)
    }

    private func check(
        _ found: ArchiveReader.Member, _ part: String, _ treeGuard: inout TreeGuard
    ) throws -> PackageMember {
        let isFile = found.kind == .file
        let member = PackageMember(
            path: TreeGuard.normalised(found.path) ?? found.path, kind: found.kind,
            size: isFile ? max(0, found.size) : 0, modified: found.modified, mode: found.mode)
        if let reason = treeGuard.whyUnsafe(member, writtenAs: found.path) {
            throw DebianFormatsError(.unpackUnsafe, "\(quoted(found.path)) in \(part) is refused: \(reason)")
        }
        return member
    }

    private func add(_ member: PackageMember, to part: inout Part, _ name: String) throws {
        guard part.members.count < limits.members else {
            throw DebianFormatsError(.unpackLimit, "\(name) has more than \(limits.members) members")
        }
        part.pathBytes += member.path.utf8.count
        switch member.kind {
        case .symbolicLink(let target), .hardLink(let target): part.pathBytes += target.utf8.count
        case .file, .directory, .special: break
        }
        guard part.pathBytes <= limits.pathBytes else {
            throw DebianFormatsError(
                .unpackLimit,
                "the names in \(name) are longer than the \(limits.pathBytes) bytes allowed in all")
        }
        part.members.append(member)
    }

    private func read(_ tar: ArchiveReader, _ member: PackageMember) throws -> [UInt8] {
        guard member.size <= Int64(limits.controlFileBytes) else {
            throw DebianFormatsError(
                .unpackLimit, "\"\(member.path)\" is larger than the \(limits.controlFileBytes) bytes allowed"
            )
        }
        var source = PackedMember(tar)
        return try source.readAll(maximum: limits.controlFileBytes)
    }

    private static func broken(_ reason: String) -> DebianFormatsError {
        DebianFormatsError(.debBroken, reason)
    }
}
