public import BuilddProtocol
public import FarmModel

/// Something in a slave's life that a journal may want to know. It holds no secrets.
public struct SlaveNote: Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        case buildStarted(id: String, type: String)
        /// A `build` was answered by a fault because of the slave's state; `id` is the refused one.
        case buildRefused(id: String)
        /// A `build` failed half-way, or a step died, and nothing runs any more.
        case buildStuck(id: String)
        case buildFinished(id: String, result: BuildResult)
        case abortAsked(id: String)
        case abortTimedOut(id: String)
        /// A 2010 build's step has died after an abort.
        case aborted(id: String)
        case cleaned(id: String)
        case cleanFailed(id: String)
        case fileFetched(name: String, size: Int64)
        case fileNotFetched(name: String)
        case filesExpired([String])
        /// The slave lost its build by a scripted fault.
        case buildForgotten(id: String)
        case restarted
        case reset
        /// The build took the slave down.
        case died(id: String)
    }

    /// When it happened; lazily computed progress is reported with its true time.
    public var at: Instant
    public var kind: Kind

    public init(at: Instant, kind: Kind) {
        self.at = at
        self.kind = kind
    }

    public var description: String {
        switch kind {
        case .buildStarted(let id, let type): "build \(id) of type \(type) started"
        case .buildRefused(let id): "build \(id) refused"
        case .buildStuck(let id): "build \(id) stuck"
        case .buildFinished(let id, let result): "build \(id) finished: \(result.rawValue)"
        case .abortAsked(let id): "build \(id) is to be aborted"
        case .abortTimedOut(let id): "build \(id) could not be aborted in time"
        case .aborted(let id): "build \(id) aborted"
        case .cleaned(let id): "cleaned up after build \(id)"
        case .cleanFailed(let id): "could not clean up after build \(id)"
        case .fileFetched(let name, let size): "fetched \(name), \(size) bytes"
        case .fileNotFetched(let name): "could not fetch \(name)"
        case .filesExpired(let names): "removed \(names.count) old files from the cache"
        case .buildForgotten(let id): "forgot build \(id)"
        case .restarted: "daemon restarted"
        case .reset: "machine reset"
        case .died(let id): "killed by build \(id)"
        }
    }
}
