import BuildManager
import BuilddProtocol
import ContentStore
import FarmModel
import FarmRecords
import XMLRPC

/// Carries out what a scanner asks for and tells it what came of it. Decides nothing.
struct ScanRunner: Sendable {
    let settings: ManagerSettings
    let records: FarmRecords
    let slaves: SlaveClient
    let files: FileFetcher
    let library: ContentStore
    let queue: UploadQueue
    let reset: ResetTrigger
    let logTails: LogTailBuffer
    let composer: BuildComposer
    let clock: @Sendable () -> Instant
    let emit: @Sendable (BuilderName, ManagerEvent) -> Void
    let crash: @Sendable (CrashPoint) -> Void

    /// Runs one scan to its end.
    ///
    /// - Parameter hasWaitingJobs: false when no job waits that this builder could take.
    /// - Returns: whether the scan changed any record.
    func scan(_ scanner: inout Scanner, _ vitals: BuilderVitals, hasWaitingJobs: Bool) async -> Bool {
        var changedRecords = false
        var actions = scanner.handle(.tick(vitals), at: clock())
        while true {
            var event: ScanEvent?
            for action in actions {
                switch action {
                case .done: return changedRecords
                case .emit(let told): emit(vitals.name, told)
                case .noteLogTail(let entry, let text): await logTails.note(text, for: entry)
                case .takeCandidate where !hasWaitingJobs: event = .candidate(nil)
                default:
                    changedRecords = changedRecords || action.changesRecords
                    event = await perform(action, vitals)
                }
            }
            guard let event else { return changedRecords }
            actions = scanner.handle(event, at: clock())
        }
    }

    private func perform(_ action: ScanAction, _ vitals: BuilderVitals) async -> ScanEvent {
        let limit = settings.callTimeout(isVirtualized: vitals.isVirtualized)
        switch action {
        case .call(let call):
            let reply = await slaves.call(call, slave: vitals.url, limit: limit)
            if call.method == "abort" { crash(.abortSent) }
            return .replied(reply)
        case .build(let plan):
            guard let call = composer.build(plan) else {
                return .replied(.failure(CallFailure(.other, "the plan has no base image")))
            }
            let reply = await slaves.call(call, slave: vitals.url, limit: limit)
            crash(.buildAccepted)
            return .replied(reply)
        case .ensurePresent(let plan):
            return .ensured(await ensurePresent(plan, vitals, limit: limit))
        case .resetHost:
            do {
                try await reset.reset(vitals, limit: settings.resetTimeout ?? limit)
                crash(.hostReset)
                return .hostReset(.success(()))
            } catch {
                return .hostReset(.failure(EdgeFailure("\(error)")))
            }
        case .storeLog(let job):
            do {
                try await storeLog(job, vitals)
                crash(.logStored)
                return .logStored(.success(()))
            } catch let failure as CallFailure {
                return .logStored(.failure(EdgeFailure(failure.message)))
            } catch {
                return .recordFailed("the log of \(job.cookie): \(error)")
            }
        case .fetchFiles(let results, let leaf, let place):
            do {
                try await fetch(results, leaf: leaf, place: place, vitals)
                return .filesFetched(.success(()))
            } catch {
                await discard(leaf, vitals)
                guard let failure = error as? CallFailure else {
                    return .recordFailed("the files of \(leaf): \(error)")
                }
                return .filesFetched(.failure(EdgeFailure(failure.message)))
            }
        case .takeCandidate, .setCleanStatus, .noteVersion, .resetJob, .markCancelled, .clearFailures,
            .beginGathering, .handOver, .finish, .judge, .noteLogTail, .emit, .done:
            do {
                return try await record(action, vitals)
            } catch let error as FarmRecordsError where error.code == .illegalTransition {
                return .recordRefused("\(error)")
            } catch {
                return .recordFailed("\(error)")
            }
        }
    }

    private func record(_ action: ScanAction, _ vitals: BuilderVitals) async throws -> ScanEvent {
        let now = clock()
        switch action {
        case .takeCandidate:
            let plan = try await records.takeCandidate(
                for: vitals, atMost: settings.candidatesPerDispatch, now: now,
                matches: { Candidates.matches($0, vitals) && settings.minimumScores.admits($0) },
                vet: {
                    Candidates.vet(
                        pocket: $0.pocket, isSourcePublished: $0.isSourcePublished,
                        isSeriesObsolete: $0.isSeriesObsolete)
                })
            if let plan {
                emit(vitals.name, .taken(plan))
                crash(.jobTaken)
            }
            return .candidate(plan)
        case .setCleanStatus(let status):
            _ = try await records.setCleanStatus(status, of: vitals.id, now: now)
            if status == .cleaning { crash(.cleaningCommitted) }
        case .noteVersion(let version):
            try await records.noteVersion(version, of: vitals.id)
        case .resetJob(let job, let reason):
            try await records.resetJob(job, from: vitals.id, outcome: reason, now: now)
        case .markCancelled(let job):
            try await records.markCancelled(job.build, now: now)
        case .clearFailures:
            try await records.clearFailures(of: vitals.id)
        case .beginGathering(let job):
            switch try await records.beginGathering(
                job.build, on: vitals.id, clearsFailures: settings.attribution.clearsOnOutcome, now: now)
            {
            case .superseded: return .gathering(nil)
            case .gather(let archive, let distribution):
                return .gathering(GatheringPlace(archive: archive, distribution: distribution))
            }
        case .handOver(let job, let leaf):
            try await handOver(job, leaf, vitals, now)
        case .finish(let job, let status, let dependencies):
            try await records.finish(
                job.build, as: status, dependencies: dependencies, on: vitals.id,
                clearsFailures: settings.attribution.clearsOnOutcome, now: now)
        case .judge(let report):
            let policy = settings.attribution.policy.policy(settings.attribution)
            return .judged(
                try await records.recordFailure(
                    report, refundsStrikes: settings.attribution.refundsStrikes, now: now,
                    judge: { policy.judge(report, builderCount: $0, jobCount: $1) }))
        case .call, .build, .ensurePresent, .resetHost, .storeLog, .fetchFiles, .noteLogTail, .emit, .done:
            break
        }
        return .recorded
    }

    private func ensurePresent(_ plan: DispatchPlan, _ vitals: BuilderVitals, limit: Duration) async
        -> [Result<EnsurePresentReply, CallFailure>]
    {
        let wanted = [plan.image].compactMap { $0 } + plan.files
        return await withTaskGroup(of: (Int, Result<EnsurePresentReply, CallFailure>).self) { group in
            for (index, file) in wanted.enumerated() {
                group.addTask {
                    let reply = await slaves.call(
                        composer.ensurePresent(file, plan), slave: vitals.url,
                        limit: limit * settings.ensurePresentFactor)
                    return (
                        index,
                        reply.flatMap { value in
                            do throws(BuilddProtocolError) {
                                return .success(try EnsurePresentReply(decoding: value))
                            } catch {
                                return .failure(CallFailure(.malformed, error.message))
                            }
                        }
                    )
                }
            }
            var replies: [(Int, Result<EnsurePresentReply, CallFailure>)] = []
            for await reply in group { replies.append(reply) }
            return replies.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// - Throws: `CallFailure` when the slave did not send the log; anything else is nobody's fault in the farm.
    private func storeLog(_ job: JobVitals, _ vitals: BuilderVitals) async throws {
        let path = "\(queue.root)/grabbing/log-\(job.cookie)-\(clock().nanoseconds)"
        defer { unlinkIfPresent(path) }
        _ = try await files.fetch("buildlog", slave: vitals.url, to: path, expecting: nil)
        let log = try await onFileThread { try library.insert(fileAt: path) }
        try await records.storeLog(log.sha1, of: job.build)
    }

    /// - Throws: `CallFailure` when the slave did not send a file as announced; anything else is nobody's fault in
    ///   the farm.
    private func fetch(
        _ results: [AnnouncedFile], leaf: String, place: GatheringPlace, _ vitals: BuilderVitals
    ) async throws {
        let gathering = try await onFileThread { try queue.beginGathering(leaf: leaf, place: place) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, file) in results.enumerated() {
                // A build's files come four at a time, so that one build does not take all slots.
                if index >= 4 { _ = try await group.next() }
                group.addTask {
                    try await fetch(file, number: index, to: gathering, vitals)
                    crash(.gathering)
                }
            }
            try await group.waitForAll()
        }
        try await onFileThread { try queue.endGathering(leaf: leaf) }
    }

    private func fetch(
        _ file: AnnouncedFile, number: Int, to gathering: UploadQueue.Gathering, _ vitals: BuilderVitals
    ) async throws {
        let path = ([gathering.directory] + file.path).joined(separator: "/")
        if file.path.count > 1 {
            let directory = ([gathering.directory] + file.path.dropLast()).joined(separator: "/")
            try await onFileThread { try makeDirectories(directory) }
        }
        do {
            _ = try await files.fetch(
                file.sum.description, slave: vitals.url, to: path,
                growingAt: "\(gathering.unfinished)/\(number)", expecting: file.sum)
        } catch let failure as CallFailure {
            throw CallFailure(failure.kind, "\(file.name): \(failure.message)")
        }
    }

    private func discard(_ leaf: String, _ vitals: BuilderVitals) async {
        do {
            try await onFileThread { try queue.discard(leaf: leaf) }
        } catch {
            emit(vitals.name, .note("\(error); it is removed when the manager is started again"))
        }
    }

    private func handOver(_ job: JobVitals, _ leaf: String, _ vitals: BuilderVitals, _ now: Instant)
        async throws
    {
        do {
            try await records.handOver(
                job.build, leaf: leaf, on: vitals.id, clearsFailures: settings.attribution.clearsOnOutcome,
                now: now)
        } catch {
            // The build is collected anew. What lies here is a leftover, unless the commit went through after all.
            if let announced = try? await records.uploadingLeaves(),
                !announced.contains(where: { $0.leaf == leaf })
            {
                await discard(leaf, vitals)
            }
            throw error
        }
        crash(.uploadingCommitted)
        do {
            try await onFileThread { try queue.handOver(leaf: leaf) }
            crash(.leafMoved)
        } catch {
            // The build is UPLOADING and the leaf complete: the next refresh moves it.
            emit(vitals.name, .note("\(error)"))
        }
    }
}

extension ScanAction {
    /// True when the snapshot of the builder is out of date after the action.
    var changesRecords: Bool {
        switch self {
        case .takeCandidate, .setCleanStatus, .noteVersion, .resetJob, .markCancelled, .clearFailures,
            .beginGathering, .handOver, .finish, .judge:
            true
        case .call, .build, .ensurePresent, .resetHost, .storeLog, .fetchFiles, .noteLogTail, .emit, .done:
            false
        }
    }
}

/// The newest log tail of each job, until they are stored together (manager spec 10).
actor LogTailBuffer {
    private var tails: [QueueEntryID: String] = [:]

    func note(_ text: String, for entry: QueueEntryID) { tails[entry] = text }

    /// Takes what has come since the last time, by entry.
    func drain() -> [(entry: QueueEntryID, text: String)] {
        defer { tails.removeAll(keepingCapacity: true) }
        return tails.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
