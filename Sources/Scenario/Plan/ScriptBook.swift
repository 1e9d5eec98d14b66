public import FarmModel

/// What each build does: the scenario's jobs, looked up by what a slave knows of a build.
public struct ScriptBook: Sendable {
    private var jobs: [String: JobSpec] = [:]
    private let unknownBuild: BuildScript

    public init(_ scenario: Scenario) {
        unknownBuild = scenario.unknownBuild
        for job in scenario.jobs { jobs[job.name] = job }
    }

    /// The script of one attempt, with the faults of the moment in it.
    ///
    /// - Parameters:
    ///   - effects: what the fault plan decided for the begin of this build.
    /// - Returns: the scenario's script for builds it does not know, when there is no such job.
    public func script(for run: BuildRun, effects: [FaultEffect] = []) -> BuildScript {
        var run = run
        run.version = BuildTitle.withoutEpoch(run.version)
        let attempts = jobs[run.description]?.attempts ?? [unknownBuild]
        let index = min(max(1, run.attempt), attempts.count) - 1
        var script = attempts.indices.contains(index) ? attempts[index] : unknownBuild
        for case .outcome(let outcome) in effects { script.outcome = outcome }
        return script
    }

    /// The job that a build belongs to; nil when the scenario has none.
    public func job(for run: BuildRun) -> JobSpec? {
        var run = run
        run.version = BuildTitle.withoutEpoch(run.version)
        return jobs[run.description]
    }
}
