public import FarmModel

/// The kinds of build a slave knows, by the word that names them in `build` (protocol spec 3 and 7).
public enum BuildType: String, Hashable, Sendable, CaseIterable {
    case binaryPackage = "binarypackage"
    case sourcePackageRecipe = "sourcepackagerecipe"
    case translationTemplates = "translation-templates"
    case liveFS = "livefs"
    case snap
    case oci
    case charm
    case ci
    case rock
    case craft

    /// The name of `binaryPackage` before it got its present one; slaves of the 2010 dialect know both.
    public static let oldBinaryPackageName = "debian"

    /// The names a slave of this dialect knows, in the order in which it registers them.
    public static func names(in dialect: SlaveDialect) -> [String] {
        switch dialect {
        case .current: allCases.map(\.rawValue)
        case .release206: allCases.filter { $0 != .rock && $0 != .craft }.map(\.rawValue)
        case .release2010:
            [
                binaryPackage.rawValue, oldBinaryPackageName, sourcePackageRecipe.rawValue,
                translationTemplates.rawValue,
            ]
        }
    }

    /// Nil when slaves of this dialect do not know the name.
    public init?(name: String, in dialect: SlaveDialect) {
        guard Self.names(in: dialect).contains(name) else { return nil }
        self.init(rawValue: name == Self.oldBinaryPackageName ? Self.binaryPackage.rawValue : name)
    }

    /// Whether the build runs in an LXD container; else it runs in a chroot.
    public var usesLXD: Bool {
        switch self {
        case .binaryPackage, .sourcePackageRecipe, .translationTemplates: false
        case .liveFS, .snap, .oci, .charm, .ci, .rock, .craft: true
        }
    }

    /// Whether credentials are stripped from the log also when the archive is public (protocol spec 10).
    public var alwaysStripsCredentials: Bool {
        switch self {
        case .binaryPackage, .sourcePackageRecipe, .translationTemplates, .liveFS: false
        case .snap, .oci, .charm, .ci, .rock, .craft: true
        }
    }

    /// Whether `proxy_info` has an answer for a build of this type (protocol spec 14).
    public var answersProxyInfo: Bool { self == .snap || self == .rock || self == .craft }
}
