import BuilddProtocol
import FarmModel
import OrderedCollections
import XMLRPC

/// The method `status` (protocol spec 5 and 16).
extension MockSlave {
    mutating func status(_ effects: [FaultEffect]) -> XMLRPCResponse {
        countStatusCall()
        defer { if configuration.mockStyle { mockStatusCalls += 1 } }
        guard let build else {
            return .success(
                SlaveStatus(stateText: BuilderState.idle.wireText, version: reportedVersion)
                    .encoded(in: configuration.dialect))
        }
        if build.breaksStatus, has(.missingJobsBreakStatus) { return .slaveError }
        let id = effects.reportedBuildID.map { XMLRPCValue.string($0) } ?? reportedID
        var value = typedStatus(of: build).encoded(in: configuration.dialect)
        if configuration.mockStyle { value = ManagersMock.completed(value, state: build.state) }
        switch value {
        case .structure(var members):
            members["build_id"] = id
            return addExtraMembers(to: members, of: build)
        case .array(var elements):
            elements[build.state == .waiting ? 2 : 1] = id
            return .success(.array(elements))
        default:
            return .success(value)
        }
    }

    /// The manager's mocks report a version only when asked to, that is, when it is not the usual one.
    private var reportedVersion: String? {
        let isUsual = configuration.version == SlaveConfiguration.version(of: configuration.dialect)
        return configuration.mockStyle && isUsual ? nil : configuration.version
    }

    private func typedStatus(of build: Build) -> SlaveStatus {
        var status = SlaveStatus(
            stateText: build.state.wireText, version: reportedVersion, buildID: "")
        switch build.state {
        case .building:
            status.logTail = logTail(of: build)
        case .waiting:
            status.resultText = (build.result ?? .ok).wireText
            status.filemap = build.waitingFiles.map { .init(name: $0.name, sum: $0.sum.description) }
            status.dependencies = build.dependencies
        case .idle, .aborting, .aborted:
            break
        }
        return status
    }

    private func logTail(of build: Build) -> [UInt8] {
        if configuration.mockStyle {
            return ManagersMock.logTail(calls: mockStatusCalls, dialect: configuration.dialect)
        }
        return log.tail(
            length: configuration.logTailLength,
            stripped: build.plan?.stripsCredentials ?? build.type.alwaysStripsCredentials,
            quirks: configuration.quirks)
    }

    /// Merges the members of the document in the build directory, then the jobs of a `ci` build.
    private func addExtraMembers(
        to members: OrderedDictionary<String, XMLRPCValue>, of build: Build
    ) -> XMLRPCResponse {
        var members = members
        switch build.statusText.flatMap({ OrderedJSON.value(of: $0.utf8) }) {
        case .structure(let extra)?:
            guard XMLRPCValue.structure(extra).unwritable == nil || has(.statusFileBreaksStatus) else {
                break
            }
            for (name, value) in extra where members[name] == nil || has(.statusFileOverrides) {
                members[name] = value
            }
        case .some:
            if has(.statusFileBreaksStatus) { return .slaveError }
        case nil:
            break
        }
        if build.type == .ci, !build.breaksStatus { members["jobs"] = .structure(build.jobReports) }
        return .success(.structure(members))
    }
}
