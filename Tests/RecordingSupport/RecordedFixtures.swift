import Crypto
package import FarmModel
import MockSlave

/// The files that lay in the slave's cache when the exchanges were recorded.
package enum RecordedFixtures {
    package static let chroot = Array("chroot tarball stand-in\n".utf8)
    package static let dsc = Array("dsc stand-in\n".utf8)
    package static let source = Array("source tarball stand-in\n".utf8)
    package static let pattern = (0..<4).flatMap { _ in (0...255).map { UInt8($0) } }
    /// What the slave's own disk holds under the name that a `file` URL asks for.
    package static let localFile = Array("a local file\n".utf8)

    /// The time of all recordings; what was volatile was replaced by it.
    package static let now = Instant(seconds: 1_704_067_200)
    /// The time of the cached files.
    package static let modified = now + .seconds(3_600)

    package static func sum(of bytes: [UInt8]) -> SHA1Digest? {
        SHA1Digest(bytes: Insecure.SHA1.hash(data: bytes))
    }

    /// A file that a build left, by name, sum and size.
    static func result(_ name: String, _ sum: String, size: Int64 = 1) throws -> ResultFile {
        guard let digest = SHA1Digest(sum) else { throw RecordingError("bad sum of \(name)") }
        return ResultFile(name: name, sum: digest, size: size)
    }

    /// The contents of the cache for an exchange.
    static func cached(for exchange: RecordedExchange) -> [[UInt8]] {
        let inputs = [chroot, dsc, source]
        switch exchange.id {
        case "filecache/listing-delete", "filecache/listing-after-clean", "filecache/listing-waiting":
            return inputs
        case let id where id.hasPrefix("dialect-2010/http-"):
            return inputs + [pattern]
        default:
            return ["filecache", "http"].contains(exchange.group) ? inputs + [pattern, []] : inputs
        }
    }

    /// Files that only some exchanges need.
    static func oddFiles(for exchange: RecordedExchange) -> [CachedFile] {
        guard
            ["filecache/listing-files", "filecache/suffix-tmp", "filecache/suffix-tar-gz"].contains(
                exchange.id)
        else { return [] }
        return [
            CachedFile(
                name: String(repeating: "c", count: 40) + ".tmp", bytes: Array("tmp\n".utf8),
                modified: modified),
            CachedFile(name: "x.tar.gz", bytes: [0x1F, 0x8B], modified: modified),
        ]
    }
}
