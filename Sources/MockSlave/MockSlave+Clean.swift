import BuilddProtocol
import FarmModel
import XMLRPC

/// The method `clean` (protocol spec 13).
extension MockSlave {
    mutating func clean() -> XMLRPCResponse {
        guard let current = build, current.state == .waiting || current.state == .aborted else {
            return .slaveError
        }
        guard removeResults(of: current) else {
            note(.cleanFailed(id: current.order.buildID))
            return .slaveError
        }
        if current.state == .aborted, case .running = current.stage {
            // The late steps still run, unseen; the last of them removes the directory.
            directories.removeAll { $0 == current.order.buildID }
        }
        build = nil
        reportedID = .nil
        note(.cleaned(id: current.order.buildID))
        guard log.discard() || !has(.vanishedLogBreaksClean) else { return .slaveError }
        return .success(configuration.mockStyle ? .nil : .string(BuilderState.idle.wireText))
    }

    /// False when a result was not there; those before it are gone.
    private mutating func removeResults(of current: Build) -> Bool {
        let inputs = [current.order.chroot] + current.order.files.map(\.sum)
        var removed: [SHA1Digest] = []
        for file in current.waitingFiles {
            if removed.contains(file.sum), !(isOld && has(.equalResultsBreakClean)) { continue }
            let name = file.sum.description
            if !has(.cleanDeletesInputs), inputs.contains(name) { continue }
            removed.append(file.sum)
            if !cache.remove(name), has(.vanishedResultBreaksClean) || removed.dropLast().contains(file.sum) {
                return false
            }
        }
        return true
    }
}
