import BuilddProtocol
import FarmModel

/// Taking over a finished build (manager spec 7).
extension Scanner {
    mutating func collect(_ job: JobVitals, _ status: SlaveStatus, _ now: Instant) -> [ScanAction] {
        let text = status.resultText ?? ""
        guard let result = BuildResult(wireText: text) else {
            return fail(
                .slaveFailure, "the build ended with the unknown result '\(shown(text))'",
                mayRetry: true)
        }
        switch result {
        case .ok, .packageFail, .depFail, .chrootFail:
            // The log first: a log that cannot be fetched delays the result and never doubles it (invariant 42).
            return wait(.storingLog(job, status, result), [.storeLog(job)])
        case .builderFail, .givenBack, .aborted:
            return fail(.slaveFailure, "the slave ended the build with \(result.rawValue)", mayRetry: true)
        }
    }

    mutating func logStored(
        _ job: JobVitals, _ status: SlaveStatus, _ result: BuildResult, _ outcome: Result<Void, EdgeFailure>
    ) -> [ScanAction] {
        if case .failure(let failure) = outcome {
            return fail(.download, "the build log: \(failure.message)", mayRetry: true)
        }
        switch result {
        case .packageFail: return finish(job, .failedToBuild)
        case .chrootFail: return finish(job, .chrootWait)
        case .depFail:
            return finish(
                job, .manualDepWait,
                dependencies: status.dependencies.map { ForeignText.stored($0, limit: 8192) })
        case .ok, .builderFail, .givenBack, .aborted:
            do throws(ResultFilesError) {
                let files = try ResultFiles.check(status.filemap, limit: settings.maximumResultFiles)
                return wait(.beginningGathering(job, files), [.beginGathering(job)])
            } catch {
                return fail(.slaveFailure, error.message, mayRetry: true)
            }
        }
    }

    private mutating func finish(_ job: JobVitals, _ status: BuildStatus, dependencies: String? = nil)
        -> [ScanAction]
    {
        wait(.finishing(job, status), [.finish(job, status, dependencies: dependencies)])
    }

    mutating func gather(_ job: JobVitals, _ files: [AnnouncedFile], _ place: GatheringPlace?, _ now: Instant)
        -> [ScanAction]
    {
        guard let place else { return end([.emit(.collected(job, .superseded))]) }
        let leaf = LeafName.make(cookie: job.cookie, now: now)
        return wait(
            .fetchingFiles(job, leaf: leaf), [.fetchFiles(files, leaf: leaf, place: place)])
    }

    mutating func filesFetched(_ job: JobVitals, _ leaf: String, _ outcome: Result<Void, EdgeFailure>)
        -> [ScanAction]
    {
        if case .failure(let failure) = outcome {
            return fail(.download, failure.message, mayRetry: true)
        }
        return wait(.handingOver(job), [.handOver(job, leaf: leaf)])
    }
}
