import ContentStore
import FarmModel
import FarmRecords
import Store

/// The way of one leaf: judge, verify, and bring the result about step by step.
struct LeafProcess: Sendable {
    let queue: UploadQueue
    let records: FarmRecords
    let store: ContentStore
    let verifier: any LeafVerifier
    let options: UploadProcessorOptions
    let now: @Sendable () -> Instant
    /// What it throws ends the processor, as a kill would.
    let reach: @Sendable (CrashPoint, LeafName) throws -> Void

    /// - Throws: only what `reach` throws, and `CancellationError`.
    func run(_ name: String) async throws -> LeafReport {
        do {
            return LeafReport(leaf: name, outcome: try await outcome(of: name))
        } catch let trouble as Trouble {
            return LeafReport(leaf: name, outcome: .postponed(trouble.message))
        }
    }

    /// The farm is in trouble, not the leaf.
    private struct Trouble: Error {
        let message: String
    }

    private func outcome(of name: String) async throws -> LeafReport.Outcome {
        let leaf: LeafName
        do throws(LeafName.Problem) {
            leaf = try LeafName(name)
        } catch {
            return .skipped(error.description)
        }
        let build = try await asTrouble { try await records.uploadingBuild(leaf.cookie.build) }
        let facts = build.map {
            LeafVerdict.Build(status: $0.status, jobType: $0.jobType, announcedLeaf: $0.leaf)
        }
        switch LeafVerdict.judge(leaf, facts) {
        case .skip(let reason): return .skipped(reason)
        case .wait: return .waiting
        case .setAside(let reason):
            try reach(.leafChosen, leaf)
            try await move(leaf, to: .failed)
            try reach(.leafMoved, leaf)
            return .setAside(reason)
        case .process:
            guard let build else { return .skipped("there is no build \(leaf.cookie)") }
            return try await process(leaf, build)
        }
    }

    /// What verifying a leaf found.
    private struct Findings: Sendable {
        var result: UploadResult
        /// The paths of the files to be kept, and the digests they were found to have.
        var files: [(path: String, sha1: SHA1Digest)] = []
        var log: UploadLog
    }

    /// The leaf cannot be accepted after all.
    private struct Refusal: Error {
        let message: String
    }

    private func process(_ leaf: LeafName, _ build: UploadingBuild) async throws -> LeafReport.Outcome {
        try reach(.leafChosen, leaf)
        var findings = await offload { verify(leaf, build) }
        try reach(.leafVerified, leaf)
        do {
            return try await carryOut(findings, leaf)
        } catch let refusal as Refusal {
            // The files or the binaries turned out not to be storable: that is the leaf's fault.
            findings.result = .failed(refusal.message)
            return try await carryOut(findings, leaf)
        }
    }

    private func verify(_ leaf: LeafName, _ build: UploadingBuild) -> Findings {
        var log = UploadLog()
        log.add("Upload \(leaf)")
        log.add("Build \(leaf.cookie): \(build.sourceName) \(build.sourceVersion) for \(build.architecture)")
        do {
            let contents = try LeafContents(
                leafAt: queue.path(of: leaf.rawValue), archive: build.archive,
                distribution: build.distribution,
                limits: options.limits)
            let upload = try verifier.verify(contents, for: build, log: &log)
            return Findings(
                result: UploadResult.accepted(upload.binaries).settled,
                files: upload.files.map { ("\(contents.directory)/\($0.name)", $0.sha1) }, log: log)
        } catch let rejection as UploadRejection {
            return Findings(result: .rejected(rejection.reasons), log: log)
        } catch {
            return Findings(result: .failed("\(error)"), log: log)
        }
    }

    private func carryOut(_ findings: Findings, _ leaf: LeafName) async throws -> LeafReport.Outcome {
        var log = findings.log
        let outcome = describe(findings.result, in: &log)
        let text = log.bytes
        var storedLog: SHA1Digest?
        for step in findings.result.steps {
            switch step {
            case .storeFiles: try await storeFiles(findings.files)
            case .storeLog:
                storedLog = try await asTrouble {
                    try await offload { [store] in try store.insert(bytes: text).sha1 }
                }
            case .commit: try await commit(findings.result, leaf.cookie.build, storedLog)
            case .move(let directory): try await move(leaf, to: directory)
            }
            try reach(CrashPoint(after: step), leaf)
        }
        return outcome
    }

    private func describe(_ result: UploadResult, in log: inout UploadLog) -> LeafReport.Outcome {
        defer { log.add(result.word) }
        switch result {
        case .accepted(let binaries):
            for binary in binaries {
                log.add(
                    "\(binary.fileName): \(binary.name) \(binary.version) \(binary.architecture), "
                        + "\(binary.component)/\(binary.section), \(binary.size) bytes, SHA-256 \(binary.sha256)"
                )
            }
            return .accepted(binaries: binaries.count)
        case .rejected(let reasons):
            for reason in reasons { log.add("Rejected: \(reason)") }
            return .rejected(reasons)
        case .failed(let reason):
            log.add("Failed: \(reason)")
            return .failed(reason)
        }
    }

    private func storeFiles(_ files: [(path: String, sha1: SHA1Digest)]) async throws {
        // A leaf that is kept may be touched by people later, so it must not share its files with the store.
        let insertion: ContentStore.Insertion = options.acceptedLeaves == .keep ? .copy : .link
        try await offload { [store] in
            for file in files {
                do throws(ContentStoreError) {
                    try store.insert(fileAt: file.path, by: insertion, expecting: file.sha1)
                } catch {
                    switch error.code {
                    case .diskFull, .inputOutput, .writerClosed, .alreadyThere, .storedContentDiffers:
                        throw Trouble(message: error.message)
                    case .tooLarge, .digestMismatch, .notARegularFile, .changedWhileRead, .notFound:
                        throw Refusal(message: error.message)
                    }
                }
            }
        }
    }

    private func commit(_ result: UploadResult, _ build: BuildID, _ log: SHA1Digest?) async throws {
        do {
            if case .accepted(let binaries) = result {
                try await records.acceptUpload(build, binaries: binaries, uploadLog: log, now: now())
            } else {
                try await records.refuseUpload(build, uploadLog: log, now: now())
            }
        } catch let error as StoreError where error.code == .constraintViolation {
            guard case .accepted = result else { throw Trouble(message: "\(error)") }
            throw Refusal(message: "the binaries cannot be recorded: \(error.message)")
        } catch let error where !(error is CancellationError) {
            // Also when the build is not UPLOADING any more: the next round judges it anew.
            throw Trouble(message: "\(error)")
        }
    }

    private func move(_ leaf: LeafName, to directory: QueueDirectory) async throws {
        _ = try await asTrouble { try queue.move(leaf.rawValue, to: directory) }
    }

    private func asTrouble<T>(_ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch let error where !(error is CancellationError) {
            throw Trouble(message: "\(error)")
        }
    }
}
