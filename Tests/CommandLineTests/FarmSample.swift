import FarmModel
import FarmRecords
import Foundation
import TestSupport

/// A farm that was run once for all tests that look into one, and copies of it for those that act on one.
actor FarmSample {
    static let shared = FarmSample()

    static let scenario = """
        name: sample
        seed: 5
        manager: { scan-interval: 100ms, rpc-timeout: 20s }
        slaves:
          - { name: "amd64-{001..002}", architecture: amd64 }
          - { name: arm64-001, architecture: arm64, enabled: no }
        jobs:
          - { source: "good 2:1.0", architectures: amd64, build: { duration: 100ms, log: [made with care] } }
          - { source: broken 1.0, architectures: amd64, build: { duration: 50ms, outcome: packagefail } }
          - { source: needy 1.0, architectures: amd64, build: { outcome: { depfail: "libfoo-dev (>= 2)" } } }
          - { source: waiting 1.0, architectures: arm64, build: { duration: 50ms } }
        expect:
          - { jobs: good, status: FULLYBUILT }
        """

    private let scratch: ScratchDirectory?
    private var made: Task<String, any Error>?

    private init() { scratch = try? ScratchDirectory() }

    /// The directory of the farm; only for looking.
    func directory() async throws -> String {
        if made == nil {
            made = Task { [scratch] in
                guard let scratch else { throw CocoaError(.fileWriteUnknown) }
                return try await Self.make(scratch)
            }
        }
        guard let made else { throw CancellationError() }
        return try await made.value
    }

    /// A copy to act on.
    func copy(to scratch: ScratchDirectory) async throws -> String {
        let copy = scratch.path("farm")
        let sample = try await directory()
        // Whoever looks into the sample last removes the database's log, perhaps just while it is copied.
        try await eventually("the sample farm is copied whole") {
            try? FileManager.default.removeItem(atPath: copy)
            return (try? FileManager.default.copyItem(atPath: sample, toPath: copy)) != nil
        }
        return copy
    }

    private static func make(_ scratch: ScratchDirectory) async throws -> String {
        let scenario = try scratch.write("sample.yaml", Array(Self.scenario.utf8))
        let farm = scratch.path("farm")
        let program = BaikonurProgram(in: scratch.path)
        _ = try await program.run(["run", scenario, "--farm", farm]) { running in
            let database = farm + "/farm.sqlite"
            try await eventually("three jobs have ended, one waits, and two builders are clean again") {
                guard running.output().contains("4 jobs"), FileManager.default.fileExists(atPath: database)
                else {
                    return false
                }
                let records = try FarmRecords.open(path: database)
                let builds = try await records.builds()
                let builders = try await records.builderListings()
                return builds.count { $0.status.isFinal } == 3
                    && builders.count { $0.vitals.cleanStatus == .clean } == 2
            }
            running.send(SIGINT)
        }
        return farm
    }
}
