/// The rule that binds debug packages to what they are for (ppa spec 3.9).
enum DebugPackages {
    static let suffix = "-dbgsym"

    /// Each `X-dbgsym` of kind `ddeb` needs an `X` of the same version and architecture, for itself alone.
    static func problems(in binaries: [UploadedBinary]) -> [FormatProblem] {
        let partners = Set(binaries.filter { $0.kind != .ddeb }.map { key($0.package.rawValue, $0) })
        var taken: Set<String> = []
        return binaries.filter { $0.kind == .ddeb }.compactMap { debug in
            let file = debug.file.name.rawValue
            let name = debug.package.rawValue
            let partner = name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : ""
            guard partners.contains(key(partner, debug)) else {
                return FormatProblem(
                    .ddebOrphan,
                    "the debug package X\(suffix) comes without its X of the same version and architecture",
                    file: file)
            }
            guard taken.insert(key(partner, debug)).inserted else {
                return FormatProblem(.ddebDouble, "\(partner) has two debug packages", file: file)
            }
            return nil
        }
    }

    private static func key(_ package: String, _ binary: UploadedBinary) -> String {
        "\(package) \(binary.version) \(binary.architecture)"
    }
}
