public import FarmModel

/// Whether the files a build left are what its `.changes` says and agree with one another (ppa spec 3.3 to 3.5 and
/// 3.9, under the builder policy: nothing is signed, only binaries are taken).
///
/// What needs the archive is left to the caller: whether the source is published, whether the versions go up,
/// whether names are taken.
public struct BinaryUploadCheck: Sendable {
    public struct Limits: Sendable {
        /// Files of one upload, listed or not.
        public var files = 10_000
        /// The sum of their sizes.
        public var totalBytes: Int64 = 64 << 30
        public var changes = ChangesFile.Limits()
        public var deb = DebLimits()
        /// How far in the future a packaged file may be.
        public var futureTolerance: Duration = .seconds(24 * 3600)
        /// The oldest time a packaged file may have: 1 January 1975.
        public var earliestTime = Instant(seconds: 157_766_400)

        public init() {}
    }

    /// The architecture of the build; packages are for it or for `all`.
    public var architecture: ArchitectureName
    /// The source that was built; nil to take what the `.changes` says.
    public var source: PackageName?
    /// Its version, compared as text.
    public var sourceVersion: DebianVersion?
    public var vocabulary: ArchiveVocabulary
    public var limits: Limits
    /// Names that may lie in the directory without being listed.
    public var ignoredNames: Set<String>

    public init(
        architecture: ArchitectureName, source: PackageName? = nil, sourceVersion: DebianVersion? = nil,
        vocabulary: ArchiveVocabulary = ArchiveVocabulary(), limits: Limits = Limits(),
        ignoredNames: Set<String> = []
    ) {
        self.architecture = architecture
        self.source = source
        self.sourceVersion = sourceVersion
        self.vocabulary = vocabulary
        self.limits = limits
        self.ignoredNames = ignoredNames
    }

    /// Reads every file once and judges the upload.
    ///
    /// - Parameter now: the time against which times in packages are held.
    /// - Throws: only what the directory and its sources throw, `io` among it: such an upload was not judged and
    ///   may be tried again.
    public func verdict(on directory: some UploadDirectory, now: Instant) throws -> BinaryUploadVerdict {
        let run = Run(rules: self, directory: directory, now: now)
        return try run.verdict()
    }
}

/// One judgement on the way.
private final class Run<Directory: UploadDirectory> {
    let rules: BinaryUploadCheck
    let directory: Directory
    let now: Instant
    private var problems: [FormatProblem] = []
    private var warnings: [FormatProblem] = []
    private var binaries: [UploadedBinary] = []
    private var others: [UploadedFile] = []
    private var unreadable: [SafeFileName] = []

    init(rules: BinaryUploadCheck, directory: Directory, now: Instant) {
        self.rules = rules
        self.directory = directory
        self.now = now
    }

    func verdict() throws -> BinaryUploadVerdict {
        let entries = try directory.entries().filter { !rules.ignoredNames.contains($0.name) }
        guard let changesName = soleChanges(in: entries), isWithinLimits(entries) else { return refusal(nil) }
        guard let changes = try readChanges(changesName) else { return refusal(nil) }
        checkPresence(of: changes, in: entries)
        checkHead(of: changes)
        let present = Set(entries.lazy.filter(\.isPlainFile).map(\.name))
        for file in changes.files where present.contains(file.name.rawValue) { try check(file, changes) }
        // A package that could not be read is not missing.
        if unreadable.isEmpty { problems += DebugPackages.problems(in: binaries) }
        if binaries.isEmpty, problems.isEmpty {
            note(.binariesMissing, "the build left no binary package", changes.name)
        }
        guard problems.isEmpty else { return refusal(changes) }
        return .accepted(
            BinaryUpload(changes: changes, binaries: binaries, others: others, warnings: warnings))
    }

    private func refusal(_ changes: ChangesFile?) -> BinaryUploadVerdict {
        .refused(BinaryUploadRefusal(problems: problems, warnings: warnings, changes: changes))
    }

    // The directory.

    private func soleChanges(in entries: [UploadEntry]) -> SafeFileName? {
        let names = entries.map(\.name).filter { $0.hasSuffix(".changes") }
        guard let name = names.first else {
            problems.append(FormatProblem(.changesMissing, "the upload has no .changes file"))
            return nil
        }
        guard names.count == 1 else {
            problems.append(
                FormatProblem(
                    .changesMany,
                    "the upload has \(names.count) .changes files: "
                        + names.prefix(10).map { quoted($0) }.joined(separator: ", ")))
            return nil
        }
        do {
            return try SafeFileName(name)
        } catch {
            problems += error.problems
            return nil
        }
    }

    private func isWithinLimits(_ entries: [UploadEntry]) -> Bool {
        guard entries.count <= rules.limits.files else {
            let reason = "the upload has \(entries.count) files, more than the \(rules.limits.files) allowed"
            problems.append(FormatProblem(.uploadLimit, reason))
            return false
        }
        var total: Int64 = 0
        for entry in entries {
            let (sum, overflow) = total.addingReportingOverflow(entry.size)
            guard !overflow, sum <= rules.limits.totalBytes else {
                let reason = "the files are larger than the \(rules.limits.totalBytes) bytes allowed in all"
                problems.append(FormatProblem(.uploadLimit, reason))
                return false
            }
            total = sum
        }
        return true
    }

    /// Listed files must be there, and nothing else may be.
    private func checkPresence(of changes: ChangesFile, in entries: [UploadEntry]) {
        let listed = Set(changes.files.map(\.name.rawValue))
        let present = Set(entries.map(\.name))
        for file in changes.files where !present.contains(file.name.rawValue) {
            note(.fileMissing, "the file is listed but was not uploaded", file.name)
        }
        for entry in entries where entry.name != changes.name.rawValue {
            if !listed.contains(entry.name) {
                note(.fileUnlisted, "\(quoted(entry.name)) was uploaded but is not listed", changes.name)
            } else if !entry.isPlainFile {
                problems.append(FormatProblem(.fileType, "this is no plain file", file: entry.name))
            }
        }
    }

    // The `.changes`.

    private func readChanges(_ name: SafeFileName) throws -> ChangesFile? {
        try collecting(name) {
            var source = try directory.open(name)
            let bytes = try source.readAll(maximum: rules.limits.changes.documentBytes)
            return try ChangesFile(bytes, fileName: name.rawValue, limits: rules.limits.changes)
        }
    }

    private func checkHead(of changes: ChangesFile) {
        // Words for translations do not count (ppa spec 3.9).
        let architectures = changes.architectures.filter { !$0.hasSuffix("_translations") }
        let allowed = architectures.contains(ArchitectureName.all.rawValue) ? 2 : 1
        if architectures.count > allowed {
            note(
                .architectureCount,
                "Architecture names \(architectures.count) architectures; a build has one, and \"all\"",
                changes.name)
        }
        if architectures.contains(ArchitectureName.source.rawValue) {
            note(
                .mixedNotAllowed, "Architecture says \"source\"; a build may only leave binaries",
                changes.name)
        }
        if let source = rules.source, source != changes.source.name {
            note(
                .sourceMismatch, "the upload is of \(changes.source.name), but \(source) was built",
                changes.name)
        }
        if let version = rules.sourceVersion, version.text != changes.sourceVersion.text {
            note(
                .sourceMismatch,
                "the upload is of version \(changes.sourceVersion), but \(version) was built",
                changes.name)
        }
        if changes.urgency == nil {
            warn(
                .urgencyUnknown, "the urgency \(quoted(changes.stanza["Urgency"] ?? "")) counts as low",
                changes.name)
        }
        if changes.hasUnsignedText {
            warn(.signatureSyntax, "text outside the signed message was ignored", changes.name)
        }
    }

    // The files.

    private func check(_ file: ListedFile, _ changes: ChangesFile) throws {
        guard let section = file.section else { return }
        if let problem = rules.vocabulary.problem(with: section) {
            problems.append(problem.inFile(file.name.rawValue))
        }
        guard let contents = try collecting(file.name, { DigestingByteSource(try directory.open(file.name)) })
        else {
            return
        }
        let binary = section.isCustom ? nil : try checkKind(file, changes, contents)
        let checksums = try contents.finish()
        if let difference = file.firstDifference(from: checksums) { problems.append(difference) }
        let uploaded = UploadedFile(name: file.name, checksums: checksums, section: section)
        if let binary {
            binaries.append(
                UploadedBinary(
                    file: uploaded, kind: binary.kind, control: binary.control, priority: priority(of: file)))
        } else {
            others.append(uploaded)
        }
    }

    /// Reads a binary package; nil for other files and for packages that cannot be read.
    private func checkKind(
        _ file: ListedFile, _ changes: ChangesFile, _ contents: DigestingByteSource
    ) throws -> (kind: UploadFileName.BinaryKind, control: BinaryControl)? {
        guard let name = try collecting(file.name, { try UploadFileName(file.name) }) else { return nil }
        switch name.kind {
        case .buildInfo: return nil
        case .changes:
            note(.fileName, "a .changes file cannot be part of an upload", file.name)
            return nil
        case .source, .sourceControl:
            note(
                .mixedNotAllowed, "this is a file of a source package; a build may only leave binaries",
                file.name)
            return nil
        case .binary(let kind):
            let archive = try collecting(file.name) {
                try DebArchive(reading: contents, limits: rules.limits.deb)
            }
            guard let archive, let control = try collecting(file.name, { try BinaryControl(archive.control) })
            else {
                unreadable.append(file.name)
                return nil
            }
            let check = BinaryFileCheck(rules: rules, name: name, kind: kind, listed: file, changes: changes)
            problems += check.problems(with: control)
            if kind != .udeb { problems += check.problems(withTimesIn: archive, now: now) }
            return (kind, control)
        }
    }

    private func priority(of file: ListedFile) -> PackagePriority {
        if let priority = file.priority.flatMap({ PackagePriority(word: $0) }) { return priority }
        warn(.priorityUnknown, "the priority \(quoted(file.priority ?? "")) counts as extra", file.name)
        return .extra
    }

    // Bookkeeping.

    /// Notes what is wrong with a file; errors that say nothing about its contents go on to the caller.
    private func collecting<T>(_ file: SafeFileName, _ read: () throws -> T) throws -> T? {
        do {
            return try read()
        } catch let error as DebianFormatsError where error.code != .inputOutput {
            problems += error.inFile(file.rawValue).problems
            return nil
        }
    }

    private func note(_ code: FormatProblem.Code, _ message: String, _ file: SafeFileName) {
        problems.append(FormatProblem(code, message, file: file.rawValue))
    }

    private func warn(_ code: FormatProblem.Code, _ message: String, _ file: SafeFileName) {
        warnings.append(FormatProblem(code, message, file: file.rawValue))
    }
}
