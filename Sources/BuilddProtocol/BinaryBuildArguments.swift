import OrderedCollections
public import XMLRPC

/// The extra arguments of a binary package build, as the manager composes them (manager spec 6).
public struct BinaryBuildArguments: Hashable, Sendable {
    /// The series' name, such as `noble`.
    public var series: String
    /// The series plus the pocket's suffix, such as `noble-proposed`.
    public var suite: String
    public var architectureTag: String
    /// Whether architecture-independent packages are built too.
    public var buildsArchitectureIndependent: Bool
    /// Such as `PRIMARY` or `PPA`.
    public var archivePurpose: String
    /// The component, such as `main`; the wire calls it `ogrecomponent`.
    public var component: String
    /// Lines of `sources.list`, in order.
    public var archives: [String]
    /// Public keys in base64, in any order.
    public var trustedKeys: [String]
    public var archiveIsPrivate: Bool
    public var buildsDebugSymbols: Bool
    public var buildURL: String
    public var builderConstraints: [String]
    /// True on virtual builders: the slave leaves out the last two clean-up steps.
    public var fastCleanup: Bool
    /// `chroot` or `lxd`.
    public var imageType: String
    public var serverURL: String?
    /// `production`, `qastaging`, `staging` or `devel`.
    public var instance: String?
    /// Required by releases 126 to 225 only (protocol spec 7).
    public var distribution: String?

    public init(
        series: String, suite: String? = nil, architectureTag: String,
        buildsArchitectureIndependent: Bool = false, archivePurpose: String = "PRIMARY",
        component: String = "main", archives: [String] = [], trustedKeys: [String] = [],
        archiveIsPrivate: Bool = false, buildsDebugSymbols: Bool = false, buildURL: String,
        builderConstraints: [String] = [], fastCleanup: Bool = false, imageType: String = "chroot",
        serverURL: String? = nil, instance: String? = nil, distribution: String? = nil
    ) {
        self.series = series
        self.suite = suite ?? series
        self.architectureTag = architectureTag
        self.buildsArchitectureIndependent = buildsArchitectureIndependent
        self.archivePurpose = archivePurpose
        self.component = component
        self.archives = archives
        self.trustedKeys = trustedKeys
        self.archiveIsPrivate = archiveIsPrivate
        self.buildsDebugSymbols = buildsDebugSymbols
        self.buildURL = buildURL
        self.builderConstraints = builderConstraints
        self.fastCleanup = fastCleanup
        self.imageType = imageType
        self.serverURL = serverURL
        self.instance = instance
        self.distribution = distribution
    }

    /// The struct for the fifth argument of `build`.
    public var encoded: XMLRPCValue {
        var members: OrderedDictionary<String, XMLRPCValue> = [
            "series": .string(series),
            "suite": .string(suite),
            "ogrecomponent": .string(component),
            "arch_tag": .string(architectureTag),
            "arch_indep": .boolean(buildsArchitectureIndependent),
            "archive_purpose": .string(archivePurpose),
            "archive_private": .boolean(archiveIsPrivate),
            "build_url": .string(buildURL),
            "fast_cleanup": .boolean(fastCleanup),
            "archives": .array(archives.map { .string($0) }),
            "trusted_keys": .array(trustedKeys.map { .string($0) }),
            "build_debug_symbols": .boolean(buildsDebugSymbols),
            "builder_constraints": .array(builderConstraints.map { .string($0) }),
            "image_type": .string(imageType),
        ]
        if let serverURL { members["launchpad_server_url"] = .string(serverURL) }
        if let instance { members["launchpad_instance"] = .string(instance) }
        if let distribution { members["distribution"] = .string(distribution) }
        return .structure(members)
    }
}
