import BuilddProtocol
import FarmModel
import OrderedCollections
import XMLRPC

/// The steps of a build in time (protocol spec 8).
extension MockSlave {
    mutating func advanceBuild(to now: Instant, noticedFrom floor: Instant?) {
        while !isDead, let due = build?.nextEvent, due.at <= now {
            carryOut(due.event, at: floor.map { max($0, due.at) } ?? due.at)
        }
    }

    private mutating func carryOut(_ event: BuildEvent, at instant: Instant) {
        switch event {
        case .output:
            writeStepOutput(at: instant) { entry, run in run.began + entry.offset <= instant }
        case .killingOutput:
            writeKillingOutput(at: instant) { entry, run in run.began + entry.offset <= instant }
        case .statusFile:
            build?.showStatusFile()
        case .stepEnds:
            endStep(at: instant)
        case .killingEnds:
            endKilling(at: instant)
        case .deadline:
            if !isOld {
                writeLog("ABORTING: Failed to kill all processes.\n", at: instant)
                build?.hasTimedOut = true
                if let build { note(.abortTimedOut(id: build.order.buildID), at: instant) }
            }
            cutStepShort(at: instant)
        }
    }

    /// A `status` call counts for builds that move on by such calls.
    mutating func countStatusCall() {
        guard build != nil else { return }
        build?.statusCalls += 1
        guard let build, !build.isFrozen, case .running(let run) = build.stage,
            let last = run.endsAtStatusCall
        else { return }
        let calls = Duration.seconds(build.statusCalls - run.statusCallsBefore)
        writeStepOutput(at: clock) { entry, _ in entry.offset <= calls }
        while let file = self.build?.nextScriptedStatusFile, file.offset <= calls {
            self.build?.showStatusFile()
        }
        if build.statusCalls >= last {
            endStep(at: clock)
            advanceBuild(to: clock, noticedFrom: nil)
        }
    }

    // Beginning.

    mutating func beginStep(_ kind: StepKind, at instant: Instant) {
        guard let current = build, let plan = current.plan else { return }
        if kind == .side(.reap), current.reapedStates.contains(current.stateName) {
            writeLog("Already reaped from state \(current.stateName)...\n", at: instant)
            moveOn(after: kind, at: instant)
            return
        }
        if let name = plan.stateName(of: kind) {
            build?.stateName = name
        } else if !isOld {
            let stateName = current.stateName
            build?.reapedStates.append(stateName)
        }
        logCommand(of: kind, at: instant)
        if kind == .side(.remove) { stripLog(at: instant) }
        if kind == .main { build?.mainBegan = instant }
        let run = run(of: kind, at: instant)
        build?.stage = .running(run)
    }

    /// Writes the time and the command of a step into the log.
    mutating func logCommand(of kind: StepKind, at instant: Instant) {
        guard let build, let plan = build.plan else { return }
        let command = StepCommand(
            of: kind, plan: plan, order: build.order, configuration: configuration)
        if !isOld {
            writeLog(LogTime.line(at: instant, offset: configuration.clockOffset) + "\n", at: instant)
        }
        writeLog(command.logLine(in: configuration.dialect) + "\n", at: instant)
    }

    private func run(of kind: StepKind, at instant: Instant) -> StepRun {
        guard let build else { return StepRun(kind: kind, began: instant, output: []) }
        let script = build.script
        var run: StepRun
        var duration: Duration?
        switch kind {
        case .side(let step):
            run = StepRun(kind: kind, began: instant, output: output(of: step, script.steps[step]?.output))
            duration = script.steps[step]?.duration ?? configuration.stepDuration
        case .main where build.type == .ci:
            run = StepRun(kind: kind, began: instant, output: script.log)
            duration = configuration.stepDuration
        case .main:
            run = StepRun(kind: kind, began: instant, output: script.log)
        case .job(let index):
            let job = build.plan.flatMap { script.jobs[$0.jobs[index].label] }
            run = StepRun(kind: kind, began: instant, output: job?.output ?? [])
            run.statusCallsBefore = build.statusCalls
            duration = job?.duration
        }
        run.end = build.end(of: kind)
        guard run.end != .hangs else { return run }
        switch (duration, script.progress) {
        case (let duration?, _): run.ends = instant + duration
        case (nil, .time(let duration)): run.ends = instant + duration
        case (nil, .statusCalls(let count)):
            let last = run.statusCallsBefore + count
            if build.statusCalls >= last { run.ends = instant } else { run.endsAtStatusCall = last }
        case (nil, .never): break
        }
        return run
    }

    func output(
        of step: BuildScript.Step, _ scripted: [BuildScript.LogEntry]?
    ) -> [BuildScript.LogEntry] {
        if let scripted { return scripted }
        guard let build else { return [] }
        return [.init(text: StepText.usual(of: step, order: build.order, configuration: configuration))]
    }

    // Writing.

    private mutating func writeStepOutput(
        at instant: Instant, _ isDue: (BuildScript.LogEntry, StepRun) -> Bool
    ) {
        guard case .running(let run)? = build?.stage else { return }
        let bytes = build?.takeOutput { isDue($0, run) } ?? []
        log.write(bytes, at: instant, limit: configuration.logLimit)
    }

    mutating func writeKillingOutput(
        at instant: Instant, _ isDue: (BuildScript.LogEntry, StepRun) -> Bool
    ) {
        guard let run = build?.killing else { return }
        let bytes = build?.killing?.takeOutput { isDue($0, run) } ?? []
        log.write(bytes, at: instant, limit: configuration.logLimit)
    }

    private mutating func stripLog(at instant: Instant) {
        guard build?.plan?.stripsCredentials == true else { return }
        log.strip(keepsOriginal: has(.keepsUnstrippedLog), at: instant)
    }

    // Ending.

    private mutating func endStep(at instant: Instant) {
        writeStepOutput(at: instant) { _, _ in true }
        guard let current = build, case .running(let run) = current.stage else { return }
        if current.plan?.step(after: run.kind, result: nil) == .side(.reap) {
            // Documents that were due after the end of the last working step appear at its end.
            while build?.nextScriptedStatusFile != nil { build?.showStatusFile() }
        }
        switch run.end {
        case .hangs:
            return
        case .killed where current.state == .building && has(.killedStepSticks):
            build?.stage = .stuck
            note(.buildStuck(id: current.order.buildID), at: instant)
        case .killed:
            conclude(run.kind, failure: current.state == .building ? .builderFail : nil, at: instant)
        case .exit(let status):
            conclude(run.kind, failure: failure(of: run.kind, status: status), at: instant)
        }
    }

    /// How the build fails by a step that ended with this exit status; nil: it does not.
    private func failure(of kind: StepKind, status: Int) -> BuildResult? {
        guard let build else { return nil }
        switch kind {
        case .side(let step):
            return status == 0 ? nil : ExitMeaning.result(of: step, hasFailed: build.result != nil)
        case .job:
            switch status {
            case 0: return nil
            case 200, 201: return .packageFail
            default: return .builderFail
            }
        case .main where build.script.mainEnd == nil:
            // A `ci` build fails by its first job, not by the preparation.
            if build.type == .ci, build.script.outcome == .packageFail { return nil }
            return ExitMeaning.result(of: build.script.outcome)
        case .main:
            return ExitMeaning.result(
                ofMainStepOf: build.type, status: status, dialect: configuration.dialect,
                scripted: build.script.outcome)
        }
    }

    /// A step has ended by itself.
    mutating func conclude(_ kind: StepKind, failure: BuildResult?, at instant: Instant) {
        stepHasDied(at: instant)
        guard let current = build else { return }
        if kind == .side(.remove), failure == nil {
            directories.removeAll { $0 == current.order.buildID }
        }
        guard current.state == .building || kind.isCleanUp else {
            // The build ends while it is being aborted: the abort is over.
            build?.killing = nil
            build?.abortDeadline = nil
            moveOn(after: kind, at: instant)
            return
        }
        if let failure, current.result == nil || failure == .builderFail {
            build?.result = failure
            if failure == .depFail, case .depFail(let dependencies) = current.script.outcome {
                build?.dependencies = dependencies
            }
        }
        guard current.makesResults(in: kind) else {
            moveOn(after: kind, at: instant)
            return
        }
        if failure == nil, current.script.outcome == .killsSlave {
            isDead = true
            note(.died(id: current.order.buildID), at: instant)
            outbox.append(.die)
            return
        }
        if failure == nil || (current.type == .ci && failure == .packageFail) {
            collectResults(of: kind, at: instant)
        } else {
            moveOn(after: kind, at: instant)
        }
    }

    /// Goes on to the next step, or ends the build after the last one.
    mutating func moveOn(after kind: StepKind, at instant: Instant) {
        guard let current = build, let plan = current.plan else { return }
        let result = current.state == .building ? current.result : .aborted
        if let next = plan.step(after: kind, result: result) {
            beginStep(next, at: instant)
        } else {
            endBuild(at: instant)
        }
    }

    /// The build is over; without an abort, or after one of today's, the slave is WAITING.
    mutating func endBuild(at instant: Instant) {
        guard let current = build else { return }
        if current.plan?.fastCleanup == true { stripLog(at: instant) }
        build?.stage = .over
        build?.killing = nil
        build?.abortDeadline = nil
        let own = current.result ?? (current.script.outcome == .aborted ? .aborted : .ok)
        let result: BuildResult
        switch current.state {
        case .building:
            result = own
        case .aborting where current.hasTimedOut:
            result = .builderFail
        case .aborting:
            result = current.wasAbortedInCleanUp && !has(.abortForgetsOutcome) ? own : .aborted
        case .idle, .waiting, .aborted:
            return
        }
        build?.state = .waiting
        build?.result = result
        note(.buildFinished(id: current.order.buildID, result: result), at: instant)
    }
}

extension Build {
    /// The next document that the script has the main step leave.
    var nextScriptedStatusFile: BuildScript.StatusFile? {
        script.statusFiles.indices.contains(statusFilesShown) ? script.statusFiles[statusFilesShown] : nil
    }

    /// Whether the step is one of those that leave result files.
    func makesResults(in kind: StepKind) -> Bool {
        switch kind {
        case .side: false
        case .main: type != .ci
        case .job: true
        }
    }
}
