extension FormatProblem {
    /// The reason codes. The raw values are stable: logs, verdicts and tests name them.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        // Control data (deb822).

        /// A line that is neither a field nor a continuation, a control character, a CR LF line end.
        case tagfileSyntax = "tagfile-syntax"
        case tagfileEmpty = "tagfile-empty"
        case tagfileLimit = "tagfile-limit"
        case duplicateField = "duplicate-field"
        /// Bytes that are not UTF-8 in a field that programs read.
        case encoding
        /// A clear-signed wrapper that is cut short or malformed.
        case signatureSyntax = "signature-syntax"
        case signatureMultiple = "signature-multiple"

        // Words.

        case versionSyntax = "version-syntax"
        case relationSyntax = "relation-syntax"
        case nameSyntax = "name-syntax"
        case nameUnsafe = "name-unsafe"
        case addressSyntax = "address-syntax"

        // Lists of files.

        case filesSyntax = "files-syntax"
        case filesDuplicate = "files-duplicate"
        /// The checksum lists do not speak of the same files and sizes as Files.
        case filesMismatch = "files-mismatch"
        case filesEmpty = "files-empty"
        case sizeSyntax = "size-syntax"
        case checksumSyntax = "checksum-syntax"
        /// The kind of file cannot be told from its name.
        case fileName = "file-name"

        // The changes file.

        case changesName = "changes-name"
        case fieldMissing = "field-missing"
        case fieldSyntax = "field-syntax"
        case formatRange = "format-range"
        case sectionUnknown = "section-unknown"
        case componentUnknown = "component-unknown"
        /// Only a warning: the priority is taken for `extra` (ppa spec 3.5).
        case priorityUnknown = "priority-unknown"
        /// Only a warning: the urgency is taken for `low` (ppa spec 3.3).
        case urgencyUnknown = "urgency-unknown"

        // The source control file.

        case dscFieldMissing = "dsc-field-missing"
        case dscName = "dsc-name"
        case dscVersion = "dsc-version"
        case dscFormat = "dsc-format"
        case dscRelations = "dsc-relations"
        case dscFileType = "dsc-file-type"
        case dscFileSet = "dsc-file-set"

        // Binary packages.

        /// The container or one of its members cannot be read.
        case debBroken = "deb-broken"
        case debFieldMissing = "deb-field-missing"
        case debName = "deb-name"
        case debVersion = "deb-version"
        case debArchitecture = "deb-arch"
        case debSource = "deb-source"
        case debDepends = "deb-depends"
        case debSection = "deb-section"
        case debPriority = "deb-priority"
        case debTime = "deb-time"
        /// A member that would leave the tree it is unpacked into, or that is no file, directory or link.
        case unpackUnsafe = "unpack-unsafe"
        case unpackLimit = "unpack-limit"

        // The upload as a whole.

        case changesMissing = "changes-missing"
        case changesMany = "changes-many"
        case fileMissing = "file-missing"
        case fileUnlisted = "file-unlisted"
        /// Not a plain file.
        case fileType = "file-type"
        case size
        case checksumMD5 = "checksum-md5"
        case checksumSHA1 = "checksum-sha1"
        case checksumSHA256 = "checksum-sha256"
        case uploadLimit = "upload-limit"
        /// More architectures than one build can have.
        case architectureCount = "arch-count"
        /// A file of an architecture that the Architecture field does not name.
        case architectureMissing = "arch-missing"
        /// Source files among the results of a build.
        case mixedNotAllowed = "mixed-not-allowed"
        case binariesMissing = "binaries-missing"
        /// The upload is not of the source that was built.
        case sourceMismatch = "source-mismatch"
        case ddebOrphan = "ddeb-orphan"
        case ddebDouble = "ddeb-double"

        /// A request to write a package that could not be a valid one.
        case buildRequest = "build-request"
        /// A file could not be read for a reason that says nothing about its contents.
        case inputOutput = "io"
    }
}
