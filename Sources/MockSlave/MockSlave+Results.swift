import BuilddProtocol
import FarmModel
import OrderedCollections
import XMLRPC

/// The result files of a build (protocol spec 9).
extension MockSlave {
    /// Asks the outside to gather the build's result files.
    mutating func askForResults() {
        guard let current = build, current.needsGathering else { return }
        let id = GatherID(nextNumber())
        build?.gathering = .asked(id)
        outbox.append(.gather(id, current.order, current.script))
    }

    /// The outside has gathered them, or could not.
    mutating func gathered(_ id: GatherID, _ outcome: Build.Gathering) {
        guard case .asked(id)? = build?.gathering else { return }
        build?.gathering = outcome
        guard let current = build, case .gathering(let kind) = current.stage, !current.isFrozen else {
            return
        }
        collectResults(of: kind, at: clock)
        advanceBuild(to: clock, noticedFrom: nil)
    }

    /// Puts the result files of a step into the cache and goes on, or waits until they have been gathered.
    mutating func collectResults(of kind: StepKind, at instant: Instant) {
        guard let current = build else { return }
        guard current.script.outcome != .aborted else {
            moveOn(after: kind, at: instant)
            return
        }
        guard let files = current.files else {
            build?.stage = .gathering(kind)
            askForResults()
            return
        }
        switch kind {
        case .side: break
        case .main:
            if !collect(files, at: instant) { return }
        case .job(let index):
            if let job = current.plan?.jobs[index] { collect(files, of: job, at: instant) }
        }
        moveOn(after: kind, at: instant)
    }

    /// False when the build goes no further.
    private mutating func collect(_ files: [ResultFile], at instant: Instant) -> Bool {
        guard let current = build else { return false }
        var found = files[...]
        var isComplete = true
        if case .failsAfter(let count) = current.script.gathering {
            found = files.prefix(max(0, count))
            isComplete = false
        }
        if case .failed = current.gathering, current.script.storedResults == nil { isComplete = false }
        for file in found { keep(file, at: instant) }
        if isComplete { return true }
        if isOld, has(.failedGatheringSticks) {
            build?.stage = .stuck
            note(.buildStuck(id: current.order.buildID), at: instant)
            return false
        }
        build?.result = .packageFail
        return true
    }

    /// The files of one job, and the job's entry in the status of a `ci` build (protocol spec 5).
    private mutating func collect(_ files: [ResultFile], of job: PlannedJob, at instant: Instant) {
        var members: OrderedDictionary<String, XMLRPCValue> = [:]
        var output: OrderedDictionary<String, XMLRPCValue> = [:]
        for file in files {
            let sum = XMLRPCValue.string(file.sum.description)
            if file.name == "\(job.label).log" {
                members["log"] = sum
            } else if file.name == "\(job.label).properties" {
                members["properties"] = sum
            } else if file.name.hasPrefix("\(job.label)/") {
                output[String(file.name.dropFirst(job.label.count + 1))] = sum
            } else {
                continue
            }
            keep(file, at: instant)
        }
        if !output.isEmpty { members["output"] = .structure(output) }
        members["result"] = build?.result == nil ? "SUCCEEDED" : "FAILED"
        build?.jobReports[job.label] = .structure(members)
    }

    private mutating func keep(_ file: ResultFile, at instant: Instant) {
        cache.add(CachedFile(sum: file.sum, size: file.size, modified: instant))
        // A later file of the same name replaces an earlier one.
        if let known = build?.waitingFiles.firstIndex(where: { $0.name == file.name }) {
            build?.waitingFiles[known] = file
        } else {
            build?.waitingFiles.append(file)
        }
    }
}
