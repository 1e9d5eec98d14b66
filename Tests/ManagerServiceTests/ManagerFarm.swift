import BuildManager
import ContentStore
import FarmModel
import FarmRecords
import Glibc
import Librarian
import Logging
import MockSlave
import SlaveHost
import Store
import Synchronization
import TestSupport
import Testing

@testable import ManagerService

/// A farm in a directory of its own: records, library, librarian, upload queue and fake slaves on sockets. Managers
/// come and go.
final class ManagerFarm: Sendable {
    let scratch: ScratchDirectory
    let records: FarmRecords
    let library: ContentStore
    let queue: UploadQueue
    /// Where the slaves keep what they fetch and build; not the manager's library, so that files really travel.
    let slaveStore: ContentStore
    let host: SlaveHost
    let librarianURL: String
    /// An archive that everybody may read.
    let archive: Int64
    let journal: SlaveJournal
    let scripts: ScriptShelf
    let faults: FaultBoard
    let told = ToldEvents()
    let log = CapturedLog()

    private let control: ControlServer
    /// Why the manager could not go on.
    private let managerFailure = Mutex<(any Error)?>(nil)

    struct Options: Sendable {
        /// Who may read what the librarian has.
        var access: @Sendable (FarmRecords) -> any LibrarianAccess = { FarmLibraryAccess($0) }
        /// How long a manager waits for a database that is locked.
        var busyTimeout: Duration = .seconds(10)
    }

    static let series = "noble"
    static let processor = "amd64"

    private init(
        _ scratch: ScratchDirectory, _ options: Options, librarianURL: String, records: FarmRecords,
        library: ContentStore
    ) async throws {
        self.scratch = scratch
        self.librarianURL = librarianURL
        self.records = records
        self.library = library
        queue = try UploadQueue(root: scratch.path("uploads"))
        slaveStore = try ContentStore.open(
            directory: scratch.path("slaves"), options: .init(waitsForDisk: false))
        archive = try await records.enter(
            archive: ArchiveEntry(name: "primary", requiresVirtualized: false))
        let image = try library.insert(bytes: "a base image".utf8)
        try await records.enter(
            image: .init(name: "chroot.tar.gz", sum: image.sha1), series: Self.series,
            architecture: Self.processor)

        let journal = SlaveJournal()
        let scripts = ScriptShelf()
        var hosting = SlaveHost.Options()
        hosting.configuration.threads = 1
        hosting.configuration.gracePeriod = .zero
        hosting.scripts = { ScriptedBuild(script: scripts.script(for: $0)) }
        hosting.generator = { try GeneratedPackages.results(of: $0, bytes: $1) }
        hosting.journal = { journal.note($0) }
        self.journal = journal
        self.scripts = scripts
        faults = FaultBoard()
        host = SlaveHost(store: slaveStore, options: hosting)
        control = ControlServer(host, controlFile: scratch.path("control"))
    }

    /// Runs a farm for as long as `body` runs, and looks through its books at the end.
    static func run(_ options: Options = .init(), _ body: (ManagerFarm) async throws -> Void) async throws {
        let scratch = try ScratchDirectory()
        let (records, library) = try open(scratch.path, busyTimeout: options.busyTimeout)
        let librarian = Librarian(
            store: library, access: options.access(records),
            logger: Logger(label: "librarian", factory: { _ in SwiftLogNoOpLogHandler() }))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await librarian.run() }
            let farm = try await ManagerFarm(
                scratch, options, librarianURL: "http://127.0.0.1:\(librarian.port)", records: records,
                library: library)
            try await farm.control.start()
            do {
                try await body(farm)
                #expect(try await records.audit() == [])
            } catch {
                await farm.close()
                throw error
            }
            await farm.close()
            group.cancelAll()
            while let outcome = await group.nextResult() {
                if case .failure(let error) = outcome, !(error is CancellationError) { throw error }
            }
        }
    }

    private func close() async {
        await control.stop()
        await host.shutdown()
    }

    /// The records and the library in a farm's directory, opened as another process would.
    static func open(_ path: String, busyTimeout: Duration = .seconds(10)) throws -> (
        FarmRecords, ContentStore
    ) {
        (
            try FarmRecords.open(
                path: path + "/farm.sqlite",
                options: .init(durability: .processCrash, busyTimeout: busyTimeout)),
            try ContentStore.open(directory: path + "/library", options: .init(waitsForDisk: false))
        )
    }

    // MARK: What is in the farm

    struct Builder: Sendable {
        var name: BuilderName
        var id: BuilderID
        var url: String
    }

    /// Starts a slave and enters its builder. Its faults are those of the fault board.
    ///
    /// - Parameter virtual: how the builder is reset between builds; nil for one that is cleaned.
    @discardableResult
    func addBuilder(
        _ name: String, virtual: ResetProtocol? = nil,
        configure: (inout SlaveConfiguration) -> Void = { _ in }
    ) async throws -> Builder {
        let name = try #require(BuilderName(name))
        var configuration = SlaveConfiguration(name: name)
        configuration.stepDuration = .milliseconds(1)
        configure(&configuration)
        let board = faults
        var hosted = HostedSlave(
            MockSlave(configuration, at: .systemTime), address: .ephemeral,
            faults: FaultClosure { moment, _ in board.effects(moment) })
        hosted.traits.isVirtual = virtual != nil
        hosted.vmHost = virtual == nil ? nil : name.rawValue
        let listing = try #require(try await host.start([hosted]).first)
        return try await enterBuilder(name, url: listing.url, virtual: virtual)
    }

    /// Enters a builder whose slave is not ours.
    func enterBuilder(_ name: BuilderName, url: String, virtual: ResetProtocol? = nil) async throws -> Builder
    {
        let id = try await records.enter(
            builder: BuilderVitals(
                id: BuilderID(0), name: name, url: url, processors: [Self.processor],
                isVirtualized: virtual != nil, vmHost: virtual == nil ? nil : name.rawValue,
                resetProtocol: virtual, cleanStatus: .dirty),
            now: .systemTime)
        return Builder(name: name, id: id, url: url)
    }

    /// Enters a source package of one file, and a build of it.
    ///
    /// - Parameter script: what the build does; nil: it takes no time and leaves a package.
    func addJob(
        _ name: String, _ script: BuildScript? = nil, archive: Int64? = nil, isVirtual: Bool = false,
        score: Int64 = 1
    ) async throws -> BuildID {
        if let script { scripts.put(script, for: name) }
        let bytes = Array("the source of \(name)".utf8)
        let stored = try library.insert(bytes: bytes)
        let source = try await records.enter(
            source: SourceEntry(
                archive: archive ?? self.archive, name: name, version: "1.0",
                files: [.init(name: "\(name)_1.0.dsc", sum: stored.sha1, size: stored.size)]))
        return try await records.enter(
            build: BuildEntry(
                source: source, series: Self.series, architecture: Self.processor, processor: Self.processor,
                isVirtualized: isVirtual, score: score),
            now: .systemTime)
    }

    /// Puts files into the slaves' store, for a script to leave as its results.
    func results(_ files: KeyValuePairs<String, [UInt8]>) throws -> [ResultFile] {
        try files.map { name, bytes in
            let stored = try slaveStore.insert(bytes: bytes)
            return ResultFile(name: name, sum: stored.sha1, size: stored.size)
        }
    }

    /// Gives a builder a job without a manager: BUILDING there, as if it had been sent.
    func assign(_ build: BuildID, to builder: Builder) async throws -> BuildCookie {
        let clean = try await records.setCleanStatus(.clean, of: builder.id, now: .systemTime)
        let plan = try await records.takeCandidate(
            for: clean, now: .systemTime, matches: { $0.build == build }, vet: { _ in nil })
        return try #require(plan).job.cookie
    }

    /// The command that really resets a virtual slave of this farm.
    func resetCommand() throws -> String {
        let script = try scratch.write("reset.sh", Array(ResetScript.text.utf8))
        return "/bin/bash \(script) \(scratch.path("control")) {vm_host}"
    }

    // MARK: Managers

    func manager(
        _ settings: ManagerSettings = .fast, records: FarmRecords? = nil,
        crash: @escaping @Sendable (CrashPoint) -> Void = { _ in }
    ) -> ManagerService {
        let told = told
        return ManagerService(
            settings: settings,
            surroundings: .init(
                records: records ?? self.records, library: library, queue: queue, librarianURL: librarianURL,
                logger: log.logger, clock: { .systemTime }, sink: { told.note($1, $2) }, crash: crash))
    }

    /// Runs a manager for as long as `body` runs; its running scans are finished when this returns.
    func withManager(
        _ settings: ManagerSettings = .fast, records: FarmRecords? = nil,
        crash: @escaping @Sendable (CrashPoint) -> Void = { _ in },
        _ body: (ManagerService) async throws -> Void
    ) async throws {
        let manager = manager(settings, records: records, crash: crash)
        managerFailure.withLock { $0 = nil }
        let running = Task {
            do {
                try await manager.run()
            } catch {
                managerFailure.withLock { $0 = error }
                throw error
            }
        }
        do {
            try await body(manager)
        } catch {
            running.cancel()
            _ = await running.result
            throw error
        }
        running.cancel()
        try await running.value
    }

    // MARK: Looking

    func build(_ build: BuildID) async throws -> BuildListing { try #require(try await records.build(build)) }

    func status(_ build: BuildID) async throws -> BuildStatus { try await self.build(build).status }

    func vitals(_ builder: Builder) async throws -> BuilderVitals { try await records.vitals(of: builder.id) }

    /// The leaves in one of the queue's directories.
    func leaves(_ directory: String = "incoming") -> [String] { scratch.names(in: "uploads/\(directory)") }

    /// The files below a leaf in `incoming`, by their path in it.
    func files(in leaf: String) throws -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        func look(_ path: String, _ name: String) throws {
            var status = stat()
            try #require(lstat(scratch.path(path), &status) == 0)
            guard status.isDirectory else {
                found[name] = try scratch.read(path)
                return
            }
            for entry in scratch.names(in: path) { try look("\(path)/\(entry)", "\(name)/\(entry)") }
        }
        for entry in scratch.names(in: "uploads/incoming/\(leaf)") {
            try look("uploads/incoming/\(leaf)/\(entry)", entry)
        }
        return found
    }

    /// Whatever a test waits for must come within this time; it only ends tests that would never end.
    static let patience: Duration = .seconds(120)

    struct Overdue: Error, CustomStringConvertible {
        var description: String
    }

    /// Waits until a condition holds.
    func wait(for what: String, _ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + Self.patience
        while try await !condition() {
            if let failure = managerFailure.withLock({ $0 }) { throw failure }
            guard ContinuousClock.now < deadline else {
                throw Overdue(description: try await "\(what): \(state())")
            }
            try await Task.sleep(for: .milliseconds(4))
        }
    }

    func wait(for build: BuildID, _ status: BuildStatus) async throws {
        try await wait(for: "build \(build) to be \(status.name)") { try await self.status(build) == status }
    }

    private func state() async throws -> String {
        let builds = try await records.builds().map { "\($0.title) \($0.status.name) \($0.failureCount)" }
        let builders = try await records.allVitals().map {
            "\($0.name) ok=\($0.isOK) \($0.cleanStatus) \($0.failureCount)"
        }
        return (builds + builders + told.all.suffix(20).map { "\($0.builder): \($0.event)" })
            .joined(separator: "\n")
    }
}

extension ManagerSettings {
    /// Short intervals, and limits that nothing sound ever meets.
    static var fast: ManagerSettings {
        var settings = ManagerSettings()
        settings.scanInterval = .milliseconds(25)
        settings.refreshInterval = .milliseconds(25)
        settings.logTailInterval = .milliseconds(25)
        settings.callTimeout = .seconds(60)
        settings.virtualCallTimeout = .seconds(60)
        return settings
    }
}
