public import FarmModel
import OrderedCollections
public import XMLRPC

/// The calls of a manager to a slave (protocol spec 3).
extension XMLRPCCall {
    public init(_ method: SlaveMethod, _ parameters: [XMLRPCValue] = []) {
        self.init(method.rawValue, parameters)
    }

    public static var info: XMLRPCCall { .init(SlaveMethod.info) }
    public static var status: XMLRPCCall { .init(SlaveMethod.status) }
    public static var abort: XMLRPCCall { .init(SlaveMethod.abort) }
    public static var clean: XMLRPCCall { .init(SlaveMethod.clean) }
    public static var proxyInfo: XMLRPCCall { .init(SlaveMethod.proxyInfo) }

    public static func echo(_ values: [XMLRPCValue]) -> XMLRPCCall { .init(SlaveMethod.echo, values) }

    /// The call that asks whether a slave is alive (manager spec 4).
    public static var ping: XMLRPCCall { .echo(["ping"]) }

    /// - Parameter url: where the slave may fetch the file; nil: the slave only says whether it has it.
    public static func ensurePresent(
        sum: SHA1Digest, url: String?, user: String = "", password: String = ""
    ) -> XMLRPCCall {
        .init(
            SlaveMethod.ensurePresent,
            [
                .string(sum.description), url.map { .string($0) } ?? .nil, .string(user), .string(password),
            ])
    }

    /// - Parameters:
    ///   - cookie: the build's name on the slave.
    ///   - files: the source files; later files of the same name replace earlier ones.
    ///   - arguments: the extra arguments, such as `BinaryBuildArguments.encoded`.
    public static func build(
        cookie: String, type: String, chroot: SHA1Digest, files: [BuildFile], arguments: XMLRPCValue
    ) -> XMLRPCCall {
        let files = OrderedDictionary(
            files.map { ($0.name, XMLRPCValue.string($0.sum)) }, uniquingKeysWith: { _, last in last })
        return .init(
            SlaveMethod.build,
            [
                .string(cookie), .string(type), .string(chroot.description), .structure(files), arguments,
            ])
    }

    public static func build(_ request: BuildRequest) -> XMLRPCCall {
        .build(
            cookie: request.buildID, type: request.type, chroot: request.chroot, files: request.files,
            arguments: request.arguments)
    }
}
