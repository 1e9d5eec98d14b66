import BuilddProtocol
import FarmModel
import OrderedCollections
import XMLRPC

/// How the mock slaves in the manager's own tests differ from a real slave (protocol spec 18, end).
enum ManagersMock {
    static let log = Array("This is a build log".utf8)

    static func buildTypes(in dialect: SlaveDialect) -> String {
        dialect == .release2010 ? BuildType.oldBinaryPackageName : BuildType.binaryPackage.rawValue
    }

    /// The wrong prefix is theirs.
    static func buildAnswer(id: XMLRPCValue, dialect: SlaveDialect) -> XMLRPCValue {
        dialect == .release2010
            ? ["BuildStatus.Building", "OkSlave BUILDING"] : ["BuildStatus.BUILDING", id]
    }

    static let ensurePresentAnswer: XMLRPCValue = [true, .nil]

    /// - Parameter calls: how many `status` calls were answered before this one.
    static func logTail(calls: Int, dialect: SlaveDialect) -> [UInt8] {
        dialect == .release2010 ? log : log + Array(": \(calls)".utf8)
    }

    /// WAITING always has result files and dependencies; the latter are nil by default.
    static func completed(
        _ members: OrderedDictionary<String, XMLRPCValue>, state: BuilderState
    ) -> OrderedDictionary<String, XMLRPCValue> {
        guard state == .waiting else { return members }
        var members = members
        if members["filemap"] == nil { members["filemap"] = [:] }
        if members["dependencies"] == nil || members["dependencies"] == "" { members["dependencies"] = .nil }
        return members
    }
}
