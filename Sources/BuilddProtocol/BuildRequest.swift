public import FarmModel
public import XMLRPC

/// A source file of a build: its name in the build directory and the sum that names it in the cache.
public struct BuildFile: Hashable, Sendable {
    public var name: String
    /// The sum as the wire has it, unchecked.
    public var sum: String

    public init(name: String, sum: String) {
        self.name = name
        self.sum = sum
    }

    public init(name: String, sum: SHA1Digest) { self.init(name: name, sum: sum.description) }
}

/// The five arguments of `build` (protocol spec 3), as a manager sends them.
public struct BuildRequest: Hashable, Sendable {
    /// The name of the build on the slave, such as `PACKAGEBUILD-1234`.
    public var buildID: String
    /// The build type's name: one of `BuildType`, or the old name of a 2010 slave.
    public var type: String
    public var chroot: SHA1Digest
    /// Later files of the same name replace earlier ones.
    public var files: [BuildFile]
    /// The extra arguments, a struct.
    public var arguments: XMLRPCValue

    public init(
        buildID: String, type: String, chroot: SHA1Digest, files: [BuildFile], arguments: XMLRPCValue
    ) {
        self.buildID = buildID
        self.type = type
        self.chroot = chroot
        self.files = files
        self.arguments = arguments
    }

    /// A build of a binary package.
    public init(
        cookie: BuildCookie, chroot: SHA1Digest, files: [BuildFile], arguments: BinaryBuildArguments
    ) {
        self.init(
            buildID: cookie.description, type: BuildType.binaryPackage.rawValue, chroot: chroot, files: files,
            arguments: arguments.encoded)
    }
}
