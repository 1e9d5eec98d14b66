internal import BuilddProtocol
internal import XMLRPC

/// Leads a slave through its states and tries every method in each of them (protocol spec 4 to 14 and 16).
///
/// The slave is IDLE before and after each part of the walk; when a part goes wrong the slave is brought back, and
/// when that fails the rest is skipped.
struct StateWalk: Sendable {
    let client: SlaveClient
    let profile: SlaveProfile
    let server: FileServer
    let inputs: BuildInputs
    /// Text that no earlier run had, for build ids and for contents no cache has.
    let stamp: String
    let limits: ConformanceLimits
    let report: Report

    static let absentSum = String(repeating: "a", count: 39) + "b"

    var table: MethodTable { MethodTable(profile: profile) }
    var shape: StatusShape { StatusShape(profile: profile) }

    func run() async {
        let parts: [(name: String, part: @Sendable () async throws -> Void)] = [
            ("IDLE", idle), ("ensurepresent", fetches), ("refused builds", refusedBuilds),
            ("a build", wholeBuild), ("an aborted build", abortedBuild), ("a private build", privateBuild),
            ("oddities", oddities), ("proxy_info", proxyInfo),
        ]
        var trouble: String?
        for (name, part) in parts {
            if let trouble {
                await report.skip(name, because: trouble)
                continue
            }
            do {
                try await part()
            } catch {
                await report.fail("\(name): can be gone through", expected: "answers", got: "\(error)")
            }
            if await !bringBack() { trouble = "the slave could not be brought back to IDLE after '\(name)'" }
        }
    }

    // What the parts are made of.

    func buildID(_ word: String) -> String { "PACKAGEBUILD-\(stamp)-\(word)" }

    func status() async throws -> SlaveStatus {
        try SlaveStatus(decoding: try await client.result("status"))
    }

    /// Checks the whole answer to `status`.
    func checkStatus(
        _ name: String, state: BuilderState, buildID: String? = nil, result: BuildResult? = nil
    ) async throws {
        let value = try await client.result("status")
        if let fault = shape.fault(in: value, state: state, buildID: buildID, result: result) {
            await report.fail(name, expected: fault.expected, got: fault.got)
        } else {
            await report.pass(name)
        }
    }

    /// Starts a build that must be accepted.
    func start(_ id: String, _ parameters: [XMLRPCValue]) async throws {
        let got = try await client.call("build", parameters)
        let wanted = XMLRPCResponse.success(.array([.string(BuilderState.building.wireText), .string(id)]))
        guard got == wanted else {
            throw ConformanceError(.badAnswer, "build is answered with \(got)")
        }
        await report.pass("IDLE: build is accepted")
    }

    /// Polls until the slave's state is one of `states`.
    ///
    /// - Throws: `ConformanceError` when it takes longer than the limit, or another state than BUILDING and
    ///   ABORTING comes.
    @discardableResult
    func wait(for states: Set<BuilderState>, limit: Duration) async throws -> SlaveStatus {
        let deadline = ContinuousClock.now + limit
        while true {
            let status = try await status()
            if let state = status.state, states.contains(state) { return status }
            guard status.state == .building || status.state == .aborting else {
                throw ConformanceError(.badAnswer, "the slave became \(status.stateText)")
            }
            guard ContinuousClock.now < deadline else {
                throw ConformanceError(.noAnswer, "the slave is still \(status.stateText) after \(limit)")
            }
            try await Task.sleep(for: limits.poll)
        }
    }

    /// Waits until the log names the main step, so that an abort has something to end; a fake need not have one.
    func reachMainStep() async throws {
        let deadline = ContinuousClock.now + limits.mainStep
        while ContinuousClock.now < deadline {
            let status = try await status()
            let tail = String(decoding: status.logTail ?? [], as: UTF8.self)
            if status.state != .building || tail.contains("sbuild-package") { return }
            try await Task.sleep(for: limits.poll)
        }
    }

    /// Brings the slave to IDLE from wherever it is; false when it cannot be done in time.
    func bringBack() async -> Bool {
        let deadline = ContinuousClock.now + limits.abort
        var hasAborted = false
        while ContinuousClock.now < deadline {
            do {
                switch try await status().state {
                case .idle: return true
                case .waiting, .aborted: _ = try await client.call("clean")
                case .building where !hasAborted:
                    _ = try await client.call("abort")
                    hasAborted = true
                case .building, .aborting: break
                case nil: return false
                }
                try await Task.sleep(for: limits.poll)
            } catch {
                return false
            }
        }
        return false
    }
}
