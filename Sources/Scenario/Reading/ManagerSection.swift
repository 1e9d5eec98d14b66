extension ManagerSettings {
    /// The section `manager:`.
    init(reading field: Field) {
        self.init()
        guard let keys = MappingReader(field, "the manager's settings") else { return }
        let tick = Duration.milliseconds(1)
        keys.set(&policy, "policy") { $0.choice(Policy.self) }
        keys.set(&attribution, "attribution") { AttributionSettings(reading: $0) }
        keys.set(&scanInterval, "scan-interval") { $0.duration(least: tick) }
        keys.set(&refreshInterval, "refresh-interval") { $0.duration(least: tick) }
        keys.set(&logTailInterval, "log-tail-interval") { $0.duration(least: tick) }
        keys.set(&scanGrace, "scan-grace") { $0.integer(in: 1...1000) }
        keys.set(&tieThreshold, "tie-threshold") { $0.integer(in: 1...1000) }
        keys.set(&disableThreshold, "disable-threshold") { $0.integer(in: 1...1000) }
        keys.set(&candidates, "candidates") { $0.integer(in: 1...1000) }
        keys.set(&rpcTimeout, "rpc-timeout") { $0.duration(least: tick) }
        // Whoever sets one limit for all surely does not mean the other to stay at 30 seconds.
        if keys["rpc-timeout"] != nil { rpcTimeoutVirtual = rpcTimeout }
        keys.set(&rpcTimeoutVirtual, "rpc-timeout-virtual") { $0.duration(least: tick) }
        keys.set(&fetchTimeoutFactor, "fetch-timeout-factor") { $0.integer(in: 1...1000) }
        keys.set(&resetTimeout, "reset-timeout") { $0.duration(least: tick) }
        keys.set(&cancelTimeout, "cancel-timeout") { $0.duration(least: tick) }
        keys.set(&cleaningTimeout, "cleaning-timeout") { $0.duration(least: tick) }
        keys.set(&stopTimeout, "stop-timeout") { $0.duration(least: tick) }
        keys.set(&keepAlive, "keep-alive") { $0.flag() }
        keys.set(&spreadScans, "spread-scans") { $0.flag() }
        keys.set(&answerLimit, "answer-limit") { $0.bytes(in: ByteCount(1024)...ByteCount(1 << 40)) }
        if let scores = keys["minimum-scores"] { readMinimumScores(scores) }
        keys.set(&downloads, "downloads") { DownloadSettings(reading: $0) }
        keys.set(&uploads, "uploads") { UploadSettings(reading: $0) }
        keys.finish()
    }
}

extension ManagerSettings {
    /// A limit for `all`, or for an architecture by its name.
    private mutating func readMinimumScores(_ field: Field) {
        guard let keys = MappingReader(field, "scores by architecture, or for all") else { return }
        for (name, value) in keys.named() {
            let score = value.integer(in: -1_000_000...1_000_000)
            if name == "all" { minimumScore = score } else { minimumScores[name] = score }
        }
    }
}

extension AttributionSettings {
    /// The value of `manager.attribution:`: a word, or switches over `mended`.
    fileprivate init?(reading field: Field) {
        guard field.isMapping else {
            guard
                let word = field.choice(
                    ["mended": Self(), "original": .original], order: ["mended", "original"])
            else { return nil }
            self = word
            return
        }
        self.init()
        guard let keys = MappingReader(field, "switches of attribution") else { return nil }
        keys.set(&countsLostJobs, "counts-lost-jobs") { $0.flag() }
        keys.set(&checksBuildReply, "checks-build-reply") { $0.flag() }
        keys.set(&clearsOnOutcome, "clears-on-outcome") { $0.flag() }
        keys.set(&refundsStrikes, "refunds-strikes") { $0.flag() }
        keys.set(&limitsCleaning, "limits-cleaning") { $0.flag() }
        if let limit = keys["tie-limit"] {
            tieLimit = limit.scalarText == "none" ? nil : limit.integer(in: 1...1_000_000)
        }
        keys.finish()
    }
}

extension DownloadSettings {
    /// The section `manager.downloads:`.
    fileprivate init(reading field: Field) {
        self.init()
        guard let keys = MappingReader(field, "the settings of downloads") else { return }
        keys.set(&concurrency, "concurrency") { $0.integer(in: 1...100_000) }
        keys.set(&attempts, "attempts") { $0.integer(in: 1...100) }
        keys.set(&gapTimeout, "gap-timeout") { $0.duration(least: .milliseconds(1)) }
        keys.set(&transferTimeout, "transfer-timeout") { $0.duration(least: .milliseconds(1)) }
        keys.set(&sizeLimit, "size-limit") { $0.bytes(in: ByteCount(1)...ByteCount(1 << 50)) }
        keys.set(&fileLimit, "file-limit") { $0.integer(in: 1...1_000_000) }
        keys.finish()
    }
}

extension UploadSettings {
    /// The section `manager.uploads:`.
    fileprivate init(reading field: Field) {
        self.init()
        guard let keys = MappingReader(field, "the settings of uploads") else { return }
        keys.set(&interval, "interval") { $0.duration(least: .milliseconds(1)) }
        keys.finish()
    }
}
