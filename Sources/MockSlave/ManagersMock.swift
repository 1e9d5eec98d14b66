import BuilddProtocol
import FarmModel
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
    static func completed(_ status: XMLRPCValue, state: BuilderState) -> XMLRPCValue {
        guard state == .waiting else { return status }
        switch status {
        case .structure(var members):
            if members["filemap"] == nil { members["filemap"] = [:] }
            members["dependencies"] = nilForEmpty(members["dependencies"])
            return .structure(members)
        case .array(var elements):
            if elements.count == 3 { elements += [[:], .nil] }
            if elements.count == 5 { elements[4] = nilForEmpty(elements[4]) }
            return .array(elements)
        default:
            return status
        }
    }

    private static func nilForEmpty(_ value: XMLRPCValue?) -> XMLRPCValue {
        value == "" ? .nil : value ?? .nil
    }
}
