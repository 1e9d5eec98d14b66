import FarmModel
import Logging
import MockSlave
import Scenario
import SlaveHost
import Synchronization

/// Turns the slave host's journal into events, and counts the rules that fired.
final class FaultJournal: Sendable {
    private let recorder: EventRecorder
    private let logger: Logger
    private let fired = Mutex<[String: Int]>([:])

    init(recorder: EventRecorder, logger: Logger) {
        self.recorder = recorder
        self.logger = logger
    }

    var timesFired: [String: Int] { fired.withLock { $0 } }

    func note(_ entry: JournalEntry) {
        for fault in entry.fired {
            fired.withLock { $0[fault.rule, default: 0] += 1 }
            recorder.record(
                .faultInjected, builder: entry.slave,
                fields: [
                    .rule: .text(fault.rule), .fault: .text(fault.fault), .moment: .text(Self.moment(entry)),
                ])
        }
        switch entry.event {
        case .note(let note):
            if case .died(let id) = note.kind {
                recorder.record(.slaveKilled, builder: entry.slave, fields: [.build: .text(id)])
                recorder.headline("slave \(entry.slave) was killed by build \(id)")
            }
        case .gatheringFailed(let detail), .listenerFailed(let detail):
            logger.error("\(detail)", metadata: ["slave": "\(entry.slave)"])
        default: break
        }
    }

    private static func moment(_ entry: JournalEntry) -> String {
        switch entry.event {
        case .call(let method): "call \(method ?? "?")"
        case .file(let name, _): "file \(name)"
        case .resetCommand: "reset"
        case .listening: "listening"
        case .build(let run): "build \(run)"
        default: "connection"
        }
    }
}
