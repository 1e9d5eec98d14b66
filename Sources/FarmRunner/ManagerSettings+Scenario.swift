import BuildManager
import FarmModel
import Scenario

extension BuildManager.ManagerSettings {
    /// The manager's settings as a scenario states them.
    ///
    /// - Parameter resetCommand: what resets a virtual slave; see `ResetTrigger`.
    init(_ scenario: Scenario, resetCommand: String) {
        self.init()
        let stated = scenario.manager
        scanInterval = stated.scanInterval
        refreshInterval = stated.refreshInterval ?? stated.scanInterval
        logTailInterval = stated.logTailInterval ?? stated.scanInterval
        callTimeout = stated.rpcTimeout
        virtualCallTimeout = stated.rpcTimeoutVirtual
        ensurePresentFactor = stated.fetchTimeoutFactor
        failedScansBeforeRecording = stated.scanGrace
        candidatesPerDispatch = stated.candidates
        cancelTimeout = stated.cancelTimeout
        cleaningTimeout = stated.cleaningTimeout
        downloadAttempts = stated.downloads.attempts
        concurrentDownloads = stated.downloads.concurrency
        downloadGapTimeout = stated.downloads.gapTimeout
        maximumFileSize = Int64(stated.downloads.sizeLimit.bytes)
        maximumAnswerSize = stated.answerLimit.bytes
        transferTimeout = stated.downloads.transferTimeout
        maximumResultFiles = stated.downloads.fileLimit
        minimumScores.overall = stated.minimumScore.map(Int64.init)
        minimumScores.byProcessor = stated.minimumScores.mapValues(Int64.init)
        keepsConnections = stated.keepAlive
        spreadsScans = stated.spreadScans
        resetTimeout = stated.resetTimeout
        self.resetCommand = resetCommand
        attribution.jobResetThreshold = stated.tieThreshold
        attribution.builderDisableThreshold = stated.disableThreshold
        attribution.countsLostJobs = stated.attribution.countsLostJobs
        attribution.checksBuildReply = stated.attribution.checksBuildReply
        attribution.clearsOnOutcome = stated.attribution.clearsOnOutcome
        attribution.refundsStrikes = stated.attribution.refundsStrikes
        attribution.tieLimit = stated.attribution.tieLimit
        attribution.limitsCleaning = stated.attribution.limitsCleaning
    }
}
