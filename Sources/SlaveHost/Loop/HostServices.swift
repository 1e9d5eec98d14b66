import ContentStore
import FarmModel

/// What all slaves of a host share.
struct HostServices: Sendable {
    var configuration: SlaveHostConfiguration
    var clock: @Sendable () -> Instant
    var scripts: ScriptSource
    var journal: JournalSink?
    var store: ContentStore
    var fetcher: Fetcher
    var gatherer: ResultGatherer
}
