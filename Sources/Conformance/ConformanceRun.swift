internal import BuilddProtocol
internal import Foundation
internal import XMLRPC

/// Holds a slave, real or fake, against recordings of real ones and against the state × method table.
///
/// The room `Conformance` lives on floor 3: `Wire` has the sockets and the file server that slaves fetch from,
/// `Recordings` the replay, `Walk` the way through the states. It believes nothing of a slave but what the slave
/// says of itself: its version, build types and server decide which of the known differences apply
/// (`SlaveProfile`, `RecordingAdapter`).
///
/// The oddities of the real slave count: a slave that has been told to be strict does not conform.
///
/// The slave must be IDLE, must be able to reach this machine over HTTP, and its builds of a binary package should
/// take some two seconds and end well; what passes too quickly to be looked at is reported as skipped.
package struct ConformanceRun: Sendable {
    private let address: SlaveAddress
    private let recordings: RecordingLibrary?
    private let limits: ConformanceLimits

    /// - Parameters:
    ///   - url: the slave's URL, `http://HOST[:PORT]`.
    ///   - recordings: what to replay; nil leaves the replay out.
    /// - Throws: `ConformanceError` with the code `url`.
    package init(
        url: String, recordings: RecordingLibrary?, limits: ConformanceLimits = ConformanceLimits()
    ) throws {
        address = try SlaveAddress(url: url)
        self.recordings = recordings
        self.limits = limits
    }

    /// Makes all checks, one after the other.
    ///
    /// - Parameter report: called for every check, in the order of the run.
    /// - Throws: `ConformanceError` when the slave does not answer or is not IDLE at the beginning.
    package func run(report: @escaping @Sendable (Check) -> Void) async throws -> Summary {
        let report = Report(report)
        let client = SlaveClient(address: address, limits: limits)
        let profile = try await introduce(client, report)
        let stamp = String(Int64(Date().timeIntervalSince1970 * 1_000_000))
        let inputs = BuildInputs(architecture: profile.architecture)
        let server = try await startServer(inputs: inputs, stamp: stamp)
        await replay(profile, client: client, server: server, report: report)
        await StateWalk(
            client: client, profile: profile, server: server, inputs: inputs, stamp: stamp, limits: limits,
            report: report
        ).run()
        await server.stop()
        return await report.summary
    }

    /// Asks the slave who it is.
    private func introduce(_ client: SlaveClient, _ report: Report) async throws -> SlaveProfile {
        let value = try await client.result("status")
        let status = try SlaveStatus(decoding: value)
        guard status.state == .idle else {
            throw ConformanceError(
                .notIdle,
                "the slave at \(address) is \(status.stateText); a run would disturb it. "
                    + "Abort and clean its build first")
        }
        let info = try await client.result("info").arrayValue ?? []
        guard info.count == 3, info[0] == "1.0", let architecture = info[1].stringValue,
            let types = info[2].arrayValue, !types.contains(where: { $0.stringValue == nil })
        else {
            throw ConformanceError(
                .badAnswer, "the slave at \(address) speaks another protocol; info is \(Excerpt.of(info))")
        }
        let profile = SlaveProfile(
            dialect: value.structValue == nil ? .release2010 : .today, version: status.version,
            architecture: architecture, buildTypes: types.compactMap(\.stringValue),
            server: try await client.get("/").header("server") ?? "")
        await report.expect(
            "the server names itself", profile.twisted != nil, expected: "TwistedWeb/VERSION",
            got: profile.server)
        if let known = profile.knownBuildTypes {
            await report.expect(
                "the build types are those of release \(profile.release)", profile.buildTypes, is: known)
        } else {
            await report.skip("the build types", because: "those of release \(profile.release) are not known")
        }
        return profile
    }

    /// Listens on the address this machine has towards the slave.
    private func startServer(inputs: BuildInputs, stamp: String) async throws -> FileServer {
        let wire = try await Wire.connect(to: address, limits: limits)
        let host = wire.localHost ?? "127.0.0.1"
        await wire.close()
        var files: [String: [UInt8]] = ["ramp": Fixture.ramp, "empty": []]
        for file in inputs.files + StateWalk.freshFiles(stamp: stamp) { files[file.name] = file.content }
        return try await FileServer.start(on: host, files: files)
    }

    private func replay(
        _ profile: SlaveProfile, client: SlaveClient, server: FileServer, report: Report
    ) async {
        guard let recordings else {
            return await report.skip("recordings", because: "none were given")
        }
        var dates: [String: String] = [:]
        for (sum, name) in [(Fixture.rampSum, "ramp"), (Fixture.emptySum, "empty")] {
            let parameters: [XMLRPCValue] = [.string(sum), .string(server.url("ok", name)), "", ""]
            _ = try? await client.call("ensurepresent", parameters)
            dates[sum] = try? await client.head("/filecache/\(sum)").header("last-modified")
        }
        if dates.count < Fixture.sums.count {
            await report.skip("recordings of cached files", because: "the slave did not fetch the files")
            dates = [:]
        }
        let adapter = RecordingAdapter(profile: profile, library: recordings, fixtureDates: dates)
        await Replay(address: address, adapter: adapter, limits: limits, report: report).run()
    }
}
