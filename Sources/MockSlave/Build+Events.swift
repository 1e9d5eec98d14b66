import FarmModel

/// What a build does next by itself.
enum BuildEvent: Sendable {
    /// The current step writes.
    case output
    /// The killing step writes.
    case killingOutput
    /// The main step leaves a document for `status`.
    case statusFile
    case stepEnds
    case killingEnds
    /// The abort has taken too long.
    case deadline
}

extension Build {
    /// The next event and when it is due; at the same instant the earlier one in the order of `BuildEvent`.
    var nextEvent: (at: Instant, event: BuildEvent)? {
        var next: (at: Instant, event: BuildEvent)?
        func consider(_ instant: Instant?, _ event: BuildEvent) {
            guard let instant else { return }
            if let known = next, known.at <= instant { return }
            next = (instant, event)
        }
        guard case .running(let run) = stage else { return nil }
        // What is due after the step's end is written at its end.
        consider(run.nextOutput.flatMap { due in run.ends.map { due <= $0 } ?? true ? due : nil }, .output)
        consider(killing?.nextOutput, .killingOutput)
        consider(nextStatusFile(during: run), .statusFile)
        if !isFrozen {
            consider(run.ends, .stepEnds)
            consider(killing?.ends, .killingEnds)
            consider(abortDeadline, .deadline)
        }
        return next
    }

    private func nextStatusFile(during run: StepRun) -> Instant? {
        guard let mainBegan, !run.kind.isCleanUp, run.endsAtStatusCall == nil,
            script.statusFiles.indices.contains(statusFilesShown)
        else { return nil }
        let due = mainBegan + script.statusFiles[statusFilesShown].offset
        return run.ends.map { due <= $0 } ?? true ? due : nil
    }

    /// The next document of the script appears.
    mutating func showStatusFile() {
        guard script.statusFiles.indices.contains(statusFilesShown) else { return }
        statusText = script.statusFiles[statusFilesShown].text
        statusFilesShown += 1
    }

    /// Takes the next entries of the current step's output.
    mutating func takeOutput(_ isDue: (BuildScript.LogEntry) -> Bool) -> [UInt8] {
        guard case .running(var run) = stage else { return [] }
        let bytes = run.takeOutput(isDue)
        stage = .running(run)
        return bytes
    }
}

extension StepRun {
    /// Takes the entries from the next one on, as long as they are due.
    mutating func takeOutput(_ isDue: (BuildScript.LogEntry) -> Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        while output.indices.contains(written), isDue(output[written]) {
            bytes += output[written].bytes
            written += 1
        }
        return bytes
    }
}
