import BuildManager
import FarmModel
import FarmRecords
import Librarian
import SlaveHost
import Testing

@testable import ManagerService

@Suite("Secrets")
struct SecretsTests {
    private static let token = "t0ken-that-n0body-may-see"

    /// What a slave that wants to tell the secret says at each step of a private build.
    private static let babblers: [(name: String, method: String, effects: [FaultEffect])] = [
        ("nothing", "none", []),
        (
            "fetch", "ensurepresent",
            [
                .replaceBody(
                    answer(
                        "<array><data><value><boolean>0</boolean></value><value><string>cannot open http://buildd:\(token)@librarian/x</string></value></data></array>"
                    ))
            ]
        ),
        ("fetch", "ensurepresent", [.answerFault(code: 8002, text: "bad password \(token)")]),
        (
            "build", "build",
            [.answerFault(code: 8002, text: "deb http://buildd:\(token)@archive.invalid/ noble main")]
        ),
        (
            "build", "build",
            [.answerBuild(status: "BuilderStatus.\(token)", information: "password=\(token)")]
        ),
        ("state", "status", [.reportBuildID("http://buildd:\(token)@archive.invalid/")]),
        ("garbage", "build", [.replaceBody(Array("<methodResponse>\(token)".utf8))]),
    ]

    private static func answer(_ value: String) -> [UInt8] {
        Array(
            "<?xml version='1.0'?><methodResponse><params><param><value>\(value)</value></param></params></methodResponse>"
                .utf8)
    }

    @Test(
        "neither log nor events nor verdicts say the token of a private archive", arguments: babblers.indices)
    func quiet(_ index: Int) async throws {
        let babbler = Self.babblers[index]
        try await ManagerFarm.run { farm in
            let bob = try await farm.addBuilder("bob")
            let archive = try await farm.records.enter(
                archive: ArchiveEntry(
                    name: "secret", purpose: "PPA", isPrivate: true, requiresVirtualized: false,
                    buildToken: Self.token,
                    archiveURLs: ["http://archive.invalid/secret"]))
            let build = try await farm.addJob("hello", archive: archive)
            farm.faults.set(bob) { $0.event == .call(method: babbler.method) ? babbler.effects : [] }
            try await farm.withManager { _ in
                try await farm.wait(for: "an end or a verdict") {
                    let status = try await farm.status(build)
                    return status == .uploading || !farm.told.verdicts.isEmpty
                }
            }
            // What the manager's log says, and what is told to the event log: the plan itself, which holds the token,
            // is never written down as a whole.
            var said = [farm.log.text]
            for told in farm.told.all {
                switch told.event {
                case .dispatched: break
                case .judged(let applied): said.append("\(applied)")
                default: said.append("\(told.event)")
                }
            }
            said += try await farm.records.verdicts().map { "\($0)" }
            said += try await farm.records.attempts(of: build).map { "\($0)" }
            said.append(try await farm.records.builderListings().map { "\($0)" }.joined())
            for text in said {
                #expect(!text.contains(Self.token), "\(babbler.name): \(text)")
            }
            #expect(farm.log.text.contains(farm.told.verdicts.isEmpty ? "dispatched hello" : "scan failed"))
        }
    }
}
