import AsyncHTTPClient
import BuildManager
import NIOCore

/// The HTTP clients of one manager. Each has its own time-outs: calls are limited as a whole, transfers by silence.
struct SlaveClients: Sendable {
    let calls: HTTPClient
    let transfers: HTTPClient
    let slaves: SlaveClient
    let files: FileFetcher
    let logTails = LogTailBuffer()

    init(settings: ManagerSettings) {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.decompression = .disabled
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.idleTimeout = .seconds(50)
        configuration.timeout = .init(connect: TimeAmount(settings.callTimeout), read: nil)
        calls = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let gap = TimeAmount(settings.downloadGapTimeout ?? settings.callTimeout)
        configuration.timeout = .init(connect: gap, read: gap)
        transfers = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        slaves = SlaveClient(http: calls, settings: settings)
        files = FileFetcher(http: transfers, settings: settings)
    }

    func shutDown() async {
        try? await calls.shutdown()
        try? await transfers.shutdown()
    }
}
