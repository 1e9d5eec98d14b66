import BuildManager
import ContentStore
import DebianFormats
import FarmModel
import FarmRecords
import Scenario

/// Enters a scenario into the records and the library of a farm: archives, base images, source packages, builders
/// and jobs. What the scenario does not bring (sources, images) is made up, the same for the same seed.
struct FarmLoader: Sendable {
    let scenario: Scenario
    let records: FarmRecords
    let library: ContentStore
    let clock: @Sendable () -> Instant

    /// Enters the builders.
    ///
    /// - Parameter urls: where each slave answers.
    func enterBuilders(urls: [BuilderName: String]) async throws {
        for slave in scenario.slaves {
            guard let url = urls[slave.name] else {
                throw FarmRunnerError(.slaves, "no address is known of the slave \(slave.name)")
            }
            try await records.enter(
                builder: BuilderVitals(
                    id: BuilderID(0), name: slave.name, url: url, processors: slave.architectures,
                    isVirtualized: slave.isVirtual, vmHost: slave.isVirtual ? slave.name.rawValue : nil,
                    resetProtocol: slave.isVirtual ? slave.resetProtocol : nil,
                    openResources: slave.openTags, restrictedResources: slave.restrictedTags,
                    isManual: slave.isManual, cleanStatus: .dirty),
                now: clock())
            if !slave.isEnabled {
                try await records.setBuilder(
                    slave.name, enabled: false, notes: "disabled by the scenario", now: clock())
            }
        }
    }

    /// Enters archives, base images and the source packages of all jobs.
    ///
    /// - Returns: the id of each job's source package, in the scenario's order.
    func enterSources() async throws -> [Int64] {
        let archives = try await enterArchives()
        var places: Set<[String]> = []
        for job in scenario.jobs where places.insert([job.series, job.architecture]).inserted {
            try await enterImage(series: job.series, architecture: job.architecture)
        }
        var known: [[String]: Int64] = [:]
        var ids: [Int64] = []
        for job in scenario.jobs {
            let key = [job.archive, job.source, job.version]
            if let id = known[key] {
                ids.append(id)
                continue
            }
            guard let archive = archives[job.archive] else {
                throw FarmRunnerError(.scenario, "job \(job.name): no archive is named '\(job.archive)'")
            }
            let id = try await records.enter(source: try source(of: job, archive: archive))
            known[key] = id
            ids.append(id)
        }
        return ids
    }

    /// Puts a job into the queue.
    func enter(_ job: JobSpec, source: Int64, score: Int64) async throws -> BuildID {
        try await records.enter(
            build: BuildEntry(
                source: source, series: job.series, pocket: job.pocket.rawValue,
                architecture: job.architecture,
                isArchIndep: job.buildsIndependent, processor: job.architecture,
                isVirtualized: job.isVirtual, constraints: job.tags,
                score: score),
            now: clock())
    }

    /// The score that the scenario gives a job, or that its properties come to (manager spec 5.2).
    func score(of job: JobSpec) -> Int64 {
        if let pinned = job.score { return Int64(pinned) }
        let archive = scenario.archives.first { $0.name == job.archive }
        var score = BuildScore()
        score.isPrivate = archive?.isPrivate ?? false
        score.isCopyArchive = archive?.purpose == .copy
        score.archiveBonus = Int64(archive?.scoreBonus ?? 0)
        score.section = job.section
        score.urgency = job.urgency.rawValue
        score.pocket = job.pocket.rawValue
        score.component = job.component
        return score.value
    }

    private func enterImage(series: String, architecture: String) async throws {
        let image = try library.insert(
            bytes: Array("Stands in for the base image of \(series) for \(architecture).\n".utf8))
        try await records.enter(
            image: .init(name: "chroot-\(series)-\(architecture).tar.gz", sum: image.sha1), series: series,
            architecture: architecture)
    }

    private func enterArchives() async throws -> [String: Int64] {
        var ids: [String: Int64] = [:]
        for archive in scenario.archives {
            let urls = ([archive.name] + archive.dependencies).map {
                "http://archive.invalid/\($0)/\(archive.distribution)"
            }
            ids[archive.name] = try await records.enter(
                archive: ArchiveEntry(
                    name: archive.name, distribution: archive.distribution,
                    purpose: archive.purpose.rawValue.uppercased(), isPrivate: archive.isPrivate,
                    requiresVirtualized: archive.requiresVirtual,
                    buildToken: archive.isPrivate ? Self.token() : nil, archiveURLs: urls))
        }
        return ids
    }

    /// A secret, so not from the scenario's seed.
    private static func token() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<4).map { _ in String(generator.next() as UInt64, radix: 36) }.joined()
    }

    private func source(of job: JobSpec, archive: Int64) throws -> SourceEntry {
        let description = try SourceDescription(
            name: job.source, version: job.version, distribution: job.suite, section: job.section)
        let files = try PackageBuilder(scenario)
            .source(description, targetBytes: job.sourceSize.bytes)
        return SourceEntry(
            archive: archive, name: job.source, version: job.version, component: job.component,
            section: job.section, urgency: job.urgency.rawValue,
            files: try files.map { file in
                let stored = try library.insert(bytes: file.bytes)
                return SourceEntry.File(name: file.name.rawValue, sum: stored.sha1, size: stored.size)
            })
    }
}
