/// The name of a file of an upload, taken apart: `hello_1.0-1_amd64.deb`, `hello_1.0.orig.tar.xz` (ppa spec 3.5).
public struct UploadFileName: Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        case binary(BinaryKind)
        case changes
        case buildInfo
        case sourceControl
        case source(SourceFileKind)

        /// Whether the file belongs to a source package.
        public var isSource: Bool {
            switch self {
            case .sourceControl, .source: true
            case .binary, .changes, .buildInfo: false
            }
        }
    }

    public enum BinaryKind: String, Hashable, Sendable, CaseIterable {
        case deb, udeb, ddeb
    }

    public enum SourceFileKind: Hashable, Sendable {
        /// The original tarball, or with a component one of the additional ones.
        case original(component: String?, Compression)
        /// A detached signature of an original tarball.
        case originalSignature(component: String?, Compression)
        case debianTarball(Compression)
        case nativeTarball(Compression)
        case diff
    }

    public enum Compression: String, Hashable, Sendable, CaseIterable {
        case gz, bz2, xz
    }

    public let name: SafeFileName
    public let package: PackageName
    /// The version as it stands in the name: never with an epoch, and for original tarballs without a revision.
    public let version: String
    /// The third part of the name; nil for source files. Of a `.changes` it may be any word, such as `source`.
    public let architecture: String?
    public let kind: Kind

    public var description: String { name.rawValue }

    /// - Throws: `name-unsafe`, and `file-name` if the name is not of a known form.
    public init(_ text: some StringProtocol) throws(DebianFormatsError) {
        try self.init(SafeFileName(text))
    }

    /// - Throws: `file-name` if the name is not of a known form.
    public init(_ name: SafeFileName) throws(DebianFormatsError) {
        let text = name.rawValue
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), let package = try? PackageName(parts[0]) else {
            throw Self.refusal(
                name, "it is not of the form NAME_VERSION.EXTENSION or NAME_VERSION_ARCH.EXTENSION")
        }
        self.name = name
        self.package = package
        if parts.count == 3 {
            guard let (architecture, kind) = Self.architectureAndKind(parts[2]) else {
                throw Self.refusal(
                    name, "\(quoted(parts[2])) is not ARCH.deb, .udeb, .ddeb, .changes or .buildinfo")
            }
            self.architecture = architecture
            self.kind = kind
            version = String(parts[1])
        } else {
            guard let (version, kind) = Self.versionAndKind(parts[1]) else {
                throw Self.refusal(name, "\(quoted(parts[1])) does not end like a file of a source package")
            }
            self.architecture = nil
            self.kind = kind
            self.version = version
        }
        guard let parsed = try? DebianVersion(version), parsed.epoch == 0, !version.utf8.contains(0x3A) else {
            throw Self.refusal(name, "\(quoted(version)) is no version")
        }
    }

    private static func refusal(_ name: SafeFileName, _ reason: String) -> DebianFormatsError {
        DebianFormatsError(
            .fileName, "the kind of file cannot be told from \(quoted(name.rawValue)): \(reason)")
    }

    private static func architectureAndKind(_ text: Substring) -> (String, Kind)? {
        guard let dot = text.firstIndex(of: ".") else { return nil }
        let architecture = text[..<dot]
        let kind: Kind
        switch text[text.index(after: dot)...] {
        case "changes": kind = .changes
        case "buildinfo": kind = .buildInfo
        case let ending:
            // What is built for an architecture is named for exactly that one.
            guard let binary = BinaryKind(rawValue: String(ending)),
                (try? ArchitectureName(architecture)) != nil
            else { return nil }
            kind = .binary(binary)
        }
        return architecture.isEmpty ? nil : (String(architecture), kind)
    }

    private static func versionAndKind(_ text: Substring) -> (String, Kind)? {
        if let version = text.removingSuffix(".dsc") { return (version, .sourceControl) }
        if let version = text.removingSuffix(".diff.gz") { return (version, .source(.diff)) }
        let unsigned = text.removingSuffix(".asc")
        let tarball = unsigned ?? String(text)
        for compression in Compression.allCases {
            guard let stem = tarball.removingSuffix(".tar.\(compression.rawValue)") else { continue }
            if let (version, component) = original(stem) {
                return unsigned == nil
                    ? (version, .source(.original(component: component, compression)))
                    : (version, .source(.originalSignature(component: component, compression)))
            }
            // Only original tarballs have signatures.
            guard unsigned == nil else { return nil }
            if let version = stem.removingSuffix(".debian") {
                return (version, .source(.debianTarball(compression)))
            }
            return (stem, .source(.nativeTarball(compression)))
        }
        return nil
    }

    /// Takes `1.0.orig` or `1.0.orig-COMPONENT` apart.
    private static func original(_ stem: String) -> (version: String, component: String?)? {
        if let version = stem.removingSuffix(".orig") { return (version, nil) }
        guard let range = stem.lastRange(of: ".orig-") else { return nil }
        let component = stem[range.upperBound...]
        guard !component.isEmpty,
            component.utf8.allSatisfy({ ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "-") })
        else { return nil }
        return (String(stem[..<range.lowerBound]), String(component))
    }
}

extension StringProtocol {
    /// The text before the suffix; nil if it does not end with it.
    fileprivate func removingSuffix(_ suffix: String) -> String? {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : nil
    }
}

extension String {
    fileprivate func lastRange(of needle: String) -> Range<Index>? {
        let length = needle.utf8.count
        guard utf8.count >= length else { return nil }
        var start = utf8.index(endIndex, offsetBy: -length)
        while true {
            let end = utf8.index(start, offsetBy: length)
            if self[start..<end].utf8.elementsEqual(needle.utf8) { return start..<end }
            if start == startIndex { return nil }
            start = utf8.index(before: start)
        }
    }
}
