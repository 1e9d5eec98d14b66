import BuildManager
import FarmModel
import FarmRecords
import MockSlave
import SlaveHost
import Synchronization
import Testing

@testable import ManagerService

@Suite("Builders do not disturb each other")
struct IsolationTests {
    /// Every sickness there is a fault for, in turn.
    private static let sicknesses: [(name: String, effects: [FaultEffect])] = [
        ("silent", [.neverAnswer]),
        ("slow", [.delay(.milliseconds(400))]),
        ("resets", [.resetBeforeAnswer]),
        ("breaks off", [.resetInBody(afterBytes: 10)]),
        ("garbage", [.replaceBody(Array("<html>no XML at all".utf8))]),
        (
            "wrong types",
            [
                .replaceBody(
                    Array(
                        "<?xml version='1.0'?><methodResponse><params><param><value><int>3</int></value></param></params></methodResponse>"
                            .utf8))
            ]
        ),
        ("huge", [.replaceBody(Array(repeating: 32, count: 4 << 20))]),
        ("faults", [.answerFault(code: 8002, text: "no")]),
    ]

    /// Scans of these builders, by what their slaves saw.
    private func scans(_ farm: ManagerFarm, _ builders: [ManagerFarm.Builder]) -> Int {
        builders.reduce(0) { $0 + farm.journal.count("status", at: $1.name) }
    }

    @Test("healthy builders are scanned as often beside sick ones as without them")
    func rates() async throws {
        try await ManagerFarm.run { farm in
            var healthy: [ManagerFarm.Builder] = []
            var sick: [ManagerFarm.Builder] = []
            let areSick = Mutex(false)
            for number in 1...8 { healthy.append(try await farm.addBuilder("healthy-\(number)")) }
            for (number, sickness) in Self.sicknesses.enumerated() {
                let builder = try await farm.addBuilder("sick-\(number)")
                farm.faults.set(builder) { moment in
                    guard areSick.withLock({ $0 }), case .call = moment.event else { return [] }
                    return sickness.effects
                }
                sick.append(builder)
            }
            var settings = ManagerSettings.fast
            settings.callTimeout = .seconds(2)
            settings.maximumAnswerSize = 1 << 20
            // Nobody is to be switched off: the sick ones go on being sick.
            settings.failedScansBeforeRecording = 1_000_000

            try await farm.withManager(settings) { _ in
                // Rounds with and without sickness take turns, so that whatever else the machine does falls on both.
                var rates = [true: 0.0, false: 0.0]
                let clock = ContinuousClock()
                for round in 0..<8 {
                    let isSick = round % 2 == 1
                    areSick.withLock { $0 = isSick }
                    let before = scans(farm, healthy)
                    let begin = clock.now
                    try await farm.wait(for: "160 scans") { scans(farm, healthy) >= before + 160 }
                    rates[isSick, default: 0] +=
                        Double(scans(farm, healthy) - before) / ((clock.now - begin) / .seconds(1))
                }
                let (with, without) = (rates[true] ?? 0, rates[false] ?? 0)
                #expect(
                    with > without / 3,
                    "\(with / 4) scans a second with sick builders, \(without / 4) without")
            }
            for (builder, sickness) in zip(sick, Self.sicknesses) where sickness.name != "slow" {
                #expect(!farm.told.failures(of: builder).isEmpty, "\(sickness.name)")
            }
            for builder in healthy { #expect(farm.told.failures(of: builder).isEmpty, "\(builder.name)") }
            #expect(farm.told.verdicts.isEmpty)
        }
    }

    @Test("a builder never has two scans at a time")
    func singleFlight() async throws {
        try await ManagerFarm.run { farm in
            let delay = Duration.milliseconds(90)
            let bob = try await farm.addBuilder("bob")
            farm.faults.set(bob, at: "status", .delay(delay))
            try await farm.withManager { _ in
                try await farm.wait(for: "some scans") { farm.journal.count("status", at: bob.name) >= 8 }
            }
            let begins = farm.journal.entries(of: bob.name).compactMap { entry -> Instant? in
                if case .call("status") = entry.event { entry.at } else { nil }
            }
            // Each scan asks once, and is answered when the delay is over: the next one cannot begin before.
            for (begin, next) in zip(begins, begins.dropFirst()) {
                #expect(next - begin > delay * 0.8, "a scan began \(next - begin) after the one before")
            }
        }
    }

    @Test("files that come slowly, or stop coming, hold up no other builder's files")
    func slowTransfers() async throws {
        try await ManagerFarm.run { farm in
            var settings = ManagerSettings.fast
            // Far fewer than slow builders.
            settings.concurrentDownloads = 1
            let slow = try await (1...4).asyncMap { try await farm.addBuilder("slow-\($0)") }
            for builder in slow {
                farm.faults.set(builder) { moment in
                    if case .file = moment.event { [.neverAnswer] } else { [] }
                }
            }
            let stuck = try await slow.indices.asyncMap { try await farm.addJob("stuck\($0)") }
            // A stop waits for running scans, so the slaves are killed when all is seen.
            try await farm.withManager(settings) { _ in
                try await farm.wait(for: "all slow transfers to hang") {
                    slow.allSatisfy { builder in
                        farm.journal.entries(of: builder.name).contains {
                            if case .file = $0.event { true } else { false }
                        }
                    }
                }
                let healthy = try await farm.addBuilder("healthy")
                let builds = try await (1...3).asyncMap { try await farm.addJob("good\($0)") }
                for build in builds { try await farm.wait(for: build, .uploading) }
                #expect(farm.told.failures(of: healthy).isEmpty)
                for build in stuck { #expect(try await farm.status(build) == .building) }
                for builder in slow { try await farm.host.setPower(.killed, of: builder.name) }
            }
        }
    }

    @Test("scans go on while the upload processor does nothing")
    func noProcessor() async throws {
        try await ManagerFarm.run { farm in
            try await farm.addBuilder("bob")
            let builds = try await (1...4).asyncMap { try await farm.addJob("good\($0)") }
            try await farm.withManager { _ in
                for build in builds { try await farm.wait(for: build, .uploading) }
            }
            #expect(farm.leaves().count == 4)
        }
    }
}

extension Collection where Element: Sendable {
    /// One after the other.
    func asyncMap<T>(_ transform: (Element) async throws -> T) async rethrows -> [T] {
        var results: [T] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
