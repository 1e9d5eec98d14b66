import BuildManager
import FarmModel
import FarmRecords
import Foundation
import Glibc
import SlaveHost
import Synchronization
import Testing

@testable import ManagerService

/// Each runs in a process of its own, because other tests open files, too.
@Suite("Many scans")
struct EnduranceTests {
    static func openDescriptors() -> Int {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []).count
    }

    static func threads() -> Int {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []).count
    }

    static func children() -> Int {
        let text =
            (try? String(contentsOfFile: "/proc/self/task/\(getpid())/children", encoding: .utf8)) ?? ""
        return text.split(separator: " ").count
    }

    /// A fifth of the calls, transfers and resets fail, each in another way.
    static func endure(scans: Int) async throws {
        try await ManagerFarm.run { farm in
            let effects: [[FaultEffect]] = [
                [.neverAnswer], [.resetBeforeAnswer], [.resetInBody(afterBytes: 20)],
                [.replaceBody(Array("<html>".utf8))], [.truncateFile(afterBytes: 10)],
                [.delay(.milliseconds(150))],
            ]
            let isCalm = Mutex(false)
            for number in 1...10 {
                let reset: ResetProtocol? = number % 5 == 0 ? .synchronous : nil
                let builder = try await farm.addBuilder("bob-\(number)", virtual: reset)
                farm.faults.set(builder) { moment in
                    guard !isCalm.withLock({ $0 }), moment.number % 5 == number % 5 else { return [] }
                    switch moment.event {
                    case .call, .file: return effects[(moment.number / 5 + number) % effects.count]
                    case .reset: return moment.number % 2 == 0 ? [.resetHangs] : [.resetFails(exitStatus: 1)]
                    default: return []
                    }
                }
            }
            var settings = ManagerSettings.fast
            settings.scanInterval = .milliseconds(10)
            settings.callTimeout = .milliseconds(200)
            settings.virtualCallTimeout = .milliseconds(200)
            settings.failedScansBeforeRecording = 3
            settings.resetCommand = try farm.resetCommand()
            // A builder that is switched off is scanned no more.
            settings.attribution.builderDisableThreshold = 1_000_000
            settings.attribution.tieLimit = nil

            try await farm.withManager(settings) { manager in
                func run(until count: Int) async throws {
                    var job = await manager.statistics.finished
                    while await manager.statistics.finished < count {
                        if try await farm.records.queueLength() < 4 {
                            job += 1
                            _ = try await farm.addJob("hello\(job)", isVirtual: job % 5 == 0)
                        }
                        try await Task.sleep(for: .milliseconds(5))
                    }
                }
                /// What is open when nothing goes wrong for a while; the least of several looks.
                func quiet() async throws -> (descriptors: Int, threads: Int) {
                    isCalm.withLock { $0 = true }
                    let count = await manager.statistics.finished
                    try await farm.wait(for: "calm") { await manager.statistics.finished > count + 100 }
                    var least = (descriptors: Int.max, threads: Int.max)
                    for _ in 0..<40 {
                        least.descriptors = min(least.descriptors, Self.openDescriptors())
                        least.threads = min(least.threads, Self.threads())
                        try await Task.sleep(for: .milliseconds(5))
                    }
                    isCalm.withLock { $0 = false }
                    return least
                }
                // The first round opens what is opened once.
                try await run(until: scans / 4)
                let before = try await quiet()
                try await run(until: scans)
                let after = try await quiet()
                #expect(after.descriptors <= before.descriptors + 4, "\(before) before, \(after) after")
                // Pools grow with the load of the machine, but not with the number of scans.
                #expect(after.threads <= before.threads + 16, "\(before) before, \(after) after")
                #expect(Self.children() <= 2)
                let failures = farm.told.all.count { if case .scanFailed = $0.event { true } else { false } }
                #expect(failures > scans / 20, "only \(failures) scans failed")
                let statistics = await manager.statistics
                #expect(statistics.started - statistics.finished <= 10)
            }
        }
    }

    @Test("descriptors, threads and children are bounded while a fifth of all slaves fails")
    func bounded() async {
        await #expect(processExitsWith: .success) { try await EnduranceTests.endure(scans: 2400) }
    }
}
