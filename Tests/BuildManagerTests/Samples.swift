import BuilddProtocol
import FarmModel
import Testing

// What most tests of this room are made of: builder bob, and job PACKAGEBUILD-7 in queue entry 3.

extension BuildCookie {
    static let sample = BuildCookie(jobType: .packageBuild, build: BuildID(7))
    static let other = BuildCookie(jobType: .packageBuild, build: BuildID(8))
}

extension JobVitals {
    static let sample = JobVitals(queueEntry: QueueEntryID(3), cookie: .sample)

    static var cancelling: JobVitals {
        var job = sample
        job.isCancelling = true
        job.status = .cancelling
        return job
    }
}

extension BuilderVitals {
    static func bob(
        _ cleanStatus: CleanStatus, job: JobVitals? = nil, isOK: Bool = true, isManual: Bool = false,
        version: String? = nil
    ) throws -> BuilderVitals {
        BuilderVitals(
            id: BuilderID(1), name: try #require(BuilderName("bob")), url: "http://bob:8221",
            processors: ["amd64"],
            isVirtualized: false, isOK: isOK, isManual: isManual, cleanStatus: cleanStatus, version: version,
            job: job)
    }

    static func virtual(
        _ cleanStatus: CleanStatus, _ resetProtocol: ResetProtocol?, vmHost: String? = "host",
        since: Instant = .epoch
    ) throws -> BuilderVitals {
        BuilderVitals(
            id: BuilderID(1), name: try #require(BuilderName("bob")), url: "http://bob:8221",
            processors: ["amd64"],
            isVirtualized: true, vmHost: vmHost, resetProtocol: resetProtocol, cleanStatus: cleanStatus,
            cleanStatusChanged: since)
    }
}

extension SlaveStatus {
    static let idle = SlaveStatus(stateText: "BuilderStatus.IDLE")
    static let unknown = SlaveStatus(
        stateText: "BuilderStatus.DREAMING", buildID: BuildCookie.sample.description)

    static func building(_ cookie: BuildCookie = .sample, tail: String? = "make") -> SlaveStatus {
        SlaveStatus(
            stateText: "BuilderStatus.BUILDING", buildID: cookie.description,
            logTail: tail.map { Array($0.utf8) })
    }

    static func aborting(_ cookie: BuildCookie = .sample) -> SlaveStatus {
        SlaveStatus(stateText: "BuilderStatus.ABORTING", buildID: cookie.description)
    }

    /// The state that only slaves of 2010 know.
    static func aborted(_ cookie: BuildCookie = .sample) -> SlaveStatus {
        SlaveStatus(stateText: "BuilderStatus.ABORTED", buildID: cookie.description)
    }

    static func waiting(
        _ result: BuildResult, _ cookie: BuildCookie = .sample, files: [String] = [],
        dependencies: String? = nil
    ) -> SlaveStatus {
        SlaveStatus(
            stateText: "BuilderStatus.WAITING", buildID: cookie.description, resultText: result.wireText,
            filemap: files.map { FilemapEntry(name: $0, sum: String(repeating: "a", count: 40)) },
            dependencies: dependencies)
    }

    func with(version: String?) -> SlaveStatus {
        var status = self
        status.version = version
        return status
    }
}

extension DispatchPlan {
    static func sample() throws -> DispatchPlan {
        let sum = try #require(SHA1Digest(String(repeating: "b", count: 40)))
        return DispatchPlan(
            job: .sample, sourceName: "hello", sourceVersion: "2.10-2",
            image: File(name: "chroot.tar.gz", sum: sum),
            files: [
                File(name: "hello_2.10-2.dsc", sum: sum), File(name: "hello_2.10.orig.tar.gz", sum: sum),
            ], distribution: "ubuntu", series: "noble", architecture: "amd64", isArchIndep: true,
            archivePurpose: "PRIMARY", component: "main", isVirtualized: false)
    }
}
