import BuilddProtocol
public import FarmModel
public import XMLRPC

/// Composes the calls of a dispatch from its plan (manager spec 6).
public struct BuildComposer: Sendable {
    /// Where slaves fetch files; no slash at the end.
    public let librarianURL: String
    /// Told to slaves as the server they work for.
    public var serverHost = "localhost"
    /// `production`, `qastaging`, `staging` or `devel`.
    public var instance = "devel"

    public init(librarianURL: String) { self.librarianURL = librarianURL }

    /// The call that makes the slave fetch one file. A restricted file goes with the archive's token as password.
    public func ensurePresent(_ file: DispatchPlan.File, _ plan: DispatchPlan) -> XMLRPCCall {
        let token = file.isRestricted ? plan.fileToken : nil
        return .ensurePresent(
            sum: file.sum.description, url: "\(librarianURL)/\(file.sum)/\(Self.escaped(file.name))",
            user: token == nil ? "" : "buildd", password: token ?? "")
    }

    /// The call that starts the build.
    public func build(_ plan: DispatchPlan) -> XMLRPCCall {
        let arguments = BinaryBuildArguments(
            series: plan.series, suite: plan.suite, archTag: plan.architecture, archIndep: plan.isArchIndep,
            distribution: plan.distribution, archivePurpose: plan.archivePurpose,
            ogreComponent: plan.component, archives: plan.sourcesList, trustedKeys: plan.trustedKeys,
            archivePrivate: plan.isPrivate, buildDebugSymbols: plan.buildDebugSymbols,
            buildURL: "http://\(serverHost)/builds/\(plan.job.build)", builderConstraints: plan.constraints,
            fastCleanup: plan.isVirtualized, imageType: "chroot", launchpadServerURL: serverHost,
            launchpadInstance: instance)
        return .build(
            cookie: plan.job.cookie.description, type: "binarypackage",
            chroot: plan.image?.sum.description ?? "",
            files: plan.files.map { (name: $0.name, sum: $0.sum.description) }, arguments: arguments.encoded)
    }

    /// A name as one path segment of a URL: everything but letters, digits and `-._~+` percent-encoded.
    private static func escaped(_ name: String) -> String {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~+".utf8)
        let digits = Array("0123456789ABCDEF".utf8)
        var escaped: [UInt8] = []
        for byte in name.utf8 {
            if plain.contains(byte) {
                escaped.append(byte)
            } else {
                escaped += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
