/// How a member of a `.deb` is compressed, by the ending of its name.
public enum PackageCompression: String, Hashable, Sendable, CaseIterable {
    case none = "none"
    case gzip = "gzip"
    case xz = "xz"
    case zstd = "zstd"
    case bzip2 = "bzip2"
    case lzma = "lzma"

    /// What stands behind `.tar`, dot included.
    public var fileNameEnding: String {
        switch self {
        case .none: ""
        case .gzip: ".gz"
        case .xz: ".xz"
        case .zstd: ".zst"
        case .bzip2: ".bz2"
        case .lzma: ".lzma"
        }
    }
}
