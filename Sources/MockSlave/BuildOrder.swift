public import BuilddProtocol
public import FarmModel
public import XMLRPC

/// A build that a slave has been told to do. Everything in it comes from outside and is unchecked; the
/// arguments may hold secrets.
public struct BuildOrder: Hashable, Sendable {
    public var slave: BuilderName
    public var buildID: String
    /// The build type as the call named it, such as `binarypackage`.
    public var type: String
    /// The sum of the chroot tarball.
    public var chroot: String
    public var files: [BuildFile]
    /// The extra arguments, a struct unless the build fails for want of one.
    public var arguments: XMLRPCValue
    /// The architecture that is built for: the argument `arch_tag`, else the slave's own.
    public var architectureTag: String

    public init(
        slave: BuilderName, buildID: String, type: String, chroot: String, files: [BuildFile],
        arguments: XMLRPCValue, architectureTag: String
    ) {
        self.slave = slave
        self.buildID = buildID
        self.type = type
        self.chroot = chroot
        self.files = files
        self.arguments = arguments
        self.architectureTag = architectureTag
    }

    /// An extra argument; nil when it is absent or nil.
    public func argument(_ name: String) -> XMLRPCValue? {
        guard let value = arguments.structValue?[name], !value.isNil else { return nil }
        return value
    }

    public var series: String? { argument("series")?.stringValue }
    public var suite: String? { argument("suite")?.stringValue }
    public var component: String? { argument("ogrecomponent")?.stringValue }

    /// The name of the last file that ends in `.dsc`; with several, the real slave takes the last one too.
    public var dscName: String? { files.last { $0.name.hasSuffix(".dsc") }?.name }

    /// The source package's name, from `NAME_VERSION.dsc`.
    public var sourceName: String? { sourceParts?.name }

    /// The source package's version without its epoch, from `NAME_VERSION.dsc`.
    public var sourceVersion: String? { sourceParts?.version }

    /// The name that the build's `.changes` file must have (protocol spec 9).
    public var changesName: String? {
        dscName.map { "\($0.dropLast(".dsc".count))_\(architectureTag).changes" }
    }

    private var sourceParts: (name: String, version: String)? {
        guard let stem = dscName?.dropLast(".dsc".count), let underscore = stem.firstIndex(of: "_") else {
            return nil
        }
        return (String(stem[..<underscore]), String(stem[stem.index(after: underscore)...]))
    }
}
