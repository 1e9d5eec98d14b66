public import FarmModel

/// Makes up packages that real tools accept: a farm of fakes needs results to collect and sources to build.
///
/// Everything is a function of the arguments: the same builder and description give the same bytes on every
/// machine with the same libarchive.
public struct PackageBuilder: Sendable {
    /// Where the contents of payloads come from; every package draws a stream of its own from it.
    public var seed: UInt64
    /// The time of every member and the date in changelogs.
    public var modified: Instant
    public var compression: PackageCompression

    /// The largest payload that is made, in bytes.
    public static let maximumPayload = 1 << 30

    public init(seed: UInt64, modified: Instant, compression: PackageCompression = .gzip) {
        self.seed = seed
        self.modified = modified
        self.compression = compression
    }

    /// The files a build leaves: a binary package and the `.changes` that lists it.
    ///
    /// - Parameters:
    ///   - architecture: the one of the slave; it names the `.changes` even if the package is for `all`.
    ///   - totalBytes: about how large both files are together; small wishes give the smallest valid files.
    /// - Throws: `build-request`, `field-syntax`.
    public func results(
        of source: SourceDescription, architecture: ArchitectureName, totalBytes: Int
    ) throws(DebianFormatsError) -> [BuiltFile] {
        let binary = BinaryDescription(of: source, architecture: architecture)
        let smallest = try package(binary, changelog: source, targetBytes: 0)
        let around = try changes(of: source, nameArchitecture: architecture.rawValue, files: [smallest])
        let package = try package(
            binary, changelog: source, targetBytes: max(0, totalBytes - around.bytes.count))
        return [package, try changes(of: source, nameArchitecture: architecture.rawValue, files: [package])]
    }

    /// A `.deb` with a copyright file, a changelog and a payload that does not compress.
    ///
    /// - Parameters:
    ///   - changelog: whose changelog goes in; its version need not be the package's.
    ///   - targetBytes: about how large the file is; small wishes give the smallest valid package.
    /// - Throws: `build-request`, `field-syntax`.
    public func package(
        _ package: BinaryDescription, changelog: SourceDescription, targetBytes: Int
    ) throws(DebianFormatsError) -> BuiltFile {
        let name = try SafeFileName(
            "\(package.package)_\(package.version.withoutEpoch)_\(package.architecture).deb")
        let bytes = try sized(targetBytes) { (payload) throws(DebianFormatsError) in
            try self.deb(package, changelog: changelog, payload: payload)
        }
        return BuiltFile(
            name: name, bytes: bytes, section: package.section, priority: package.priority,
            summary: package.summary)
    }

    /// A source package of format 3.0 (native): its tarball and its `.dsc`.
    ///
    /// - Parameter targetBytes: about how large the tarball is; small wishes give the smallest valid one.
    /// - Throws: `build-request`, `field-syntax`.
    public func source(
        _ source: SourceDescription, targetBytes: Int = 0
    ) throws(DebianFormatsError) -> [BuiltFile] {
        let stem = "\(source.name)_\(source.version.withoutEpoch)"
        let tarball = BuiltFile(
            name: try SafeFileName("\(stem).tar.gz"),
            bytes: try sized(targetBytes) { (payload) throws(DebianFormatsError) in
                try SourceTree(source, modified: modified).tarball(payload: self.payload(payload, for: stem))
            },
            section: source.section, priority: source.priority)
        let control = BuiltFile(
            name: try SafeFileName("\(stem).dsc"), bytes: try sourceControl(of: source, tarball),
            section: source.section, priority: source.priority)
        return [control, tarball]
    }

    /// The bytes `make` gives for a payload such that they are about `target` in all.
    private func sized(
        _ target: Int, _ make: (Int) throws(DebianFormatsError) -> [UInt8]
    ) throws(DebianFormatsError) -> [UInt8] {
        let smallest = try make(0)
        guard target > smallest.count else { return smallest }
        guard target <= Self.maximumPayload else {
            throw DebianFormatsError(
                .buildRequest, "\(target) bytes are more than the \(Self.maximumPayload) that are made up")
        }
        let first = try make(target - smallest.count)
        // The payload's own headers, and what compression adds to the incompressible, show only now.
        let excess = first.count - target
        guard excess > 0, excess < target - smallest.count else { return first }
        return try make(target - smallest.count - excess)
    }

    /// Bytes that do not compress, the same for the same seed and name.
    func payload(_ count: Int, for name: String) -> [UInt8] {
        var generator = SeededGenerator(seed: seed).split("payload:\(name)")
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled + 8 <= count {
                let word = generator.next().littleEndian
                withUnsafeBytes(of: word) {
                    UnsafeMutableRawBufferPointer(
                        rebasing: UnsafeMutableRawBufferPointer(buffer)[filled..<filled + 8]
                    )
                    .copyMemory(from: $0)
                }
                filled += 8
            }
            while filled < count {
                buffer[filled] = UInt8(truncatingIfNeeded: generator.next())
                filled += 1
            }
        }
    }
}
