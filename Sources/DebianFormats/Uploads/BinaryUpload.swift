/// The results of a build after they were found to be in order.
public struct BinaryUpload: Sendable {
    public let changes: ChangesFile
    /// The binary packages in the order of the `.changes`; never empty.
    public let binaries: [UploadedBinary]
    /// Build information and files for special installers.
    public let others: [UploadedFile]
    /// What is odd but no reason to refuse.
    public let warnings: [FormatProblem]
}

/// A file whose contents are what the `.changes` says.
public struct UploadedFile: Hashable, Sendable {
    public let name: SafeFileName
    /// Size and sums as computed, not as listed.
    public let checksums: Checksums
    public let section: Section
}

/// A binary package whose control fields agree with its name and with the `.changes`.
public struct UploadedBinary: Sendable {
    public let file: UploadedFile
    public let kind: UploadFileName.BinaryKind
    public let control: BinaryControl
    /// Unknown words count as `extra` (ppa spec 3.5).
    public let priority: PackagePriority

    public var package: PackageName { control.package }
    public var version: DebianVersion { control.version }
    public var architecture: ArchitectureName { control.architecture }
    public var component: String { file.section.component }
    public var section: String { file.section.name }
}

/// Why the results of a build are not taken.
public struct BinaryUploadRefusal: Sendable, CustomStringConvertible {
    /// Everything that was found, in the order of the checks; never empty.
    public let problems: [FormatProblem]
    public let warnings: [FormatProblem]
    /// Nil if there is no `.changes` that can be read.
    public let changes: ChangesFile?

    /// One problem a line.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

public enum BinaryUploadVerdict: Sendable {
    case accepted(BinaryUpload)
    case refused(BinaryUploadRefusal)
}
