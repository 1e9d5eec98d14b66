/// Watches the members of a tree go by and finds those that would leave the directory they are unpacked into, or
/// that no package may hold.
struct TreeGuard {
    private var symbolicLinks: Set<String> = []
    private var files: Set<String> = []

    static let maximumPathBytes = 4096

    /// Notes a member and says what is wrong with it; nil if nothing is.
    mutating func whyUnsafe(_ member: PackageMember, writtenAs path: String) -> String? {
        if path.utf8.count > Self.maximumPathBytes {
            return "its path is longer than \(Self.maximumPathBytes) bytes"
        }
        if path.utf8.first == UInt8(ascii: "/") { return "its path is absolute" }
        guard let parts = Self.components(of: path) else { return "its path climbs with \"..\"" }
        if let link = linkAbove(parts) { return "it lies below the symbolic link \(quoted(link))" }
        switch member.kind {
        case .directory: return nil
        case .file: files.insert(member.path)
        case .symbolicLink(let target):
            if target.isEmpty { return "it is a symbolic link to nothing" }
            symbolicLinks.insert(member.path)
        case .hardLink(let target):
            guard let target = Self.normalised(target), files.contains(target) else {
                return "it is a hard link to \(quoted(target)), which is no file of the package before it"
            }
            files.insert(member.path)
        case .special: return "it is a device, pipe or socket"
        }
        return member.path.isEmpty ? "it is the root of the tree but no directory" : nil
    }

    /// The path without `./` and empty parts; nil if it climbs.
    static func normalised(_ path: String) -> String? { components(of: path)?.joined(separator: "/") }

    private static func components(of path: String) -> [String]? {
        let parts = path.utf8.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
            .filter { $0 != "." }
        return parts.contains("..") ? nil : parts
    }

    private func linkAbove(_ parts: [String]) -> String? {
        guard !symbolicLinks.isEmpty else { return nil }
        var prefix = ""
        for part in parts.dropLast() {
            prefix += prefix.isEmpty ? part : "/\(part)"
            if symbolicLinks.contains(prefix) { return prefix }
        }
        return nil
    }
}
