/// What a slave says of itself, and what follows from it (protocol spec 16 and 20).
struct SlaveProfile: Hashable, Sendable {
    /// How `status` is written.
    enum Dialect: Hashable, Sendable {
        /// A struct: release 120 and later.
        case today
        /// An array: before.
        case release2010
    }

    var dialect: Dialect
    /// The value of `builder_version`, when the slave gives one.
    var version: String?
    var architecture: String
    /// In the order of `info`.
    var buildTypes: [String]
    /// The value of the header `Server`.
    var server: String

    /// The daemon's release. A slave that does not give its version is judged by the build types it offers.
    var release: Int {
        if dialect == .release2010 { return 70 }
        if let version, let number = Int(version.prefix { $0.isASCII && $0.isNumber }) { return number }
        if buildTypes.contains("craft") { return 254 }
        return buildTypes.contains("rock") ? 241 : 206
    }

    /// `proxy_info` came with release 237.
    var hasProxyInfo: Bool { release >= 237 }

    /// Whether a password without a user name is used (protocol spec 11).
    var usesEmptyUserName: Bool { release >= 222 }

    /// The build types of the releases that were run (protocol spec 3 and 16, and the recordings of `info`).
    var knownBuildTypes: [String]? {
        let containers = ["livefs", "snap", "oci", "charm", "ci"]
        let common = ["binarypackage", "sourcepackagerecipe", "translation-templates"]
        return switch release {
        case 254: common + containers + ["rock", "craft"]
        case 206: common + containers
        case 70: ["sourcepackagerecipe", "translation-templates", "binarypackage", "debian"]
        default: nil
        }
    }

    /// The release of Twisted, as numbers; nil when the slave names another server.
    var twisted: [Int]? {
        let name = "TwistedWeb/"
        guard server.hasPrefix(name) else { return nil }
        let numbers = server.dropFirst(name.count).split(separator: ".").map { part in
            Int(part.prefix { $0.isASCII && $0.isNumber })
        }
        return numbers.count >= 2 && !numbers.contains(nil) ? numbers.compactMap(\.self) : nil
    }

    /// The list of build types as the text of an UNKNOWNBUILDER has it.
    var quotedBuildTypes: String { Self.quoted(buildTypes) }

    static func quoted(_ types: [String]) -> String {
        "[" + types.map { "'\($0)'" }.joined(separator: ", ") + "]"
    }

    /// The fault text for a method there is not.
    func unknownMethodText(_ name: String) -> String {
        dialect == .release2010 ? "function \(name) not found" : "procedure \(name) not found"
    }
}
