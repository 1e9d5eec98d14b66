package import DebianFormats
package import FarmModel
package import FarmRecords

/// Verifies the results of a binary package build: one `.changes`, every file as it lists them, and the control
/// fields of each package agreeing with it and with the build (manager spec 8).
package struct PackageBuildVerifier: LeafVerifier {
    private let vocabulary: ArchiveVocabulary
    private let now: @Sendable () -> Instant

    /// - Parameters:
    ///   - vocabulary: the components and sections the archive knows.
    ///   - now: what times in packages are held against.
    package init(
        vocabulary: ArchiveVocabulary = ArchiveVocabulary(),
        now: @escaping @Sendable () -> Instant = UploadProcessor.wallClock
    ) {
        self.vocabulary = vocabulary
        self.now = now
    }

    package func verify(
        _ contents: LeafContents, for build: UploadingBuild, log: inout UploadLog
    ) throws -> VerifiedUpload {
        for file in contents.files { log.add("Found \(file.name), \(file.size) bytes") }
        let check = BinaryUploadCheck(
            architecture: try ArchitectureName(build.architecture), source: try PackageName(build.sourceName),
            sourceVersion: try DebianVersion(build.sourceVersion), vocabulary: vocabulary)
        switch try check.verdict(on: FolderUpload(path: contents.directory), now: now()) {
        case .accepted(let upload):
            for warning in upload.warnings { log.add("Warning: \(warning)") }
            return try verified(upload, contents)
        case .refused(let refusal):
            for warning in refusal.warnings { log.add("Warning: \(warning)") }
            try failWithoutChanges(refusal)
            throw UploadRejection(refusal.problems.map(\.description))
        }
    }

    /// None or several `.changes` files are no upload that could be rejected, but a failure (manager spec 8).
    private func failWithoutChanges(_ refusal: BinaryUploadRefusal) throws {
        let codes: Set<FormatProblem.Code> = [.changesMissing, .changesMany]
        guard let problem = refusal.problems.first(where: { codes.contains($0.code) }) else { return }
        throw UploadProcessorError(.leafLayout, problem.message)
    }

    private func verified(_ upload: BinaryUpload, _ contents: LeafContents) throws -> VerifiedUpload {
        var files = (upload.binaries.map(\.file) + upload.others).map {
            VerifiedUpload.File(name: $0.name.rawValue, sha1: $0.checksums.sha1)
        }
        let changes = upload.changes.name.rawValue
        let source = try FileByteSource(path: "\(contents.directory)/\(changes)")
        files.append(.init(name: changes, sha1: try Checksums(of: source).sha1))
        return VerifiedUpload(binaries: upload.binaries.map(record), files: files)
    }

    private func record(_ binary: UploadedBinary) -> BinaryRecord {
        BinaryRecord(
            name: binary.package.rawValue, version: binary.version.text,
            architecture: binary.architecture.rawValue, kind: binary.kind.rawValue,
            component: binary.component,
            section: binary.section, priority: binary.priority.rawValue, fileName: binary.file.name.rawValue,
            sha1: binary.file.checksums.sha1, sha256: binary.file.checksums.sha256,
            size: binary.file.checksums.size)
    }
}
