import BuilddProtocol
// Stands in for the rooms MockSlave and Scenario until they are merged.
public import FarmModel
public import XMLRPC

public struct CallID: Hashable, Sendable {
    public var rawValue: UInt64
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }
}
public struct FetchID: Hashable, Sendable {
    public var rawValue: UInt64
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }
}
public struct GatherID: Hashable, Sendable {
    public var rawValue: UInt64
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }
}
public struct FetchRequest: Hashable, Sendable {
    public var sum: String
    public var url: String
    public var user: String?
    public var password: String?
    public var sendsCredentialsAtOnce: Bool
}
public enum FetchOutcome: Hashable, Sendable {
    case stored(size: Int64)
    case digestMismatch
    case failed(detail: String)
    case broken
}
public struct ResultFile: Hashable, Sendable {
    public var name: String
    public var sum: SHA1Digest
    public var size: Int64
    public init(name: String, sum: SHA1Digest, size: Int64) {
        (self.name, self.sum, self.size) = (name, sum, size)
    }
}
public struct CachedFile: Hashable, Sendable {
    public enum Content: Hashable, Sendable {
        case stored(SHA1Digest)
        case bytes([UInt8])
    }
    public var name: String
    public var size: Int64
    public var modified: Instant
    public var content: Content
}
public struct CacheEntry: Hashable, Sendable {
    public var name: String
    public var size: Int64
}
public struct BuildOrder: Hashable, Sendable {
    public var slave: BuilderName
    public var buildID: String
    public var type: String
}
public enum SlaveEvent: Sendable {
    case call(CallID, XMLRPCCall, effects: [FaultEffect])
    case readFile(CallID, name: String)
    case listCache(CallID)
    case fetched(FetchID, FetchOutcome)
    case gathered(GatherID, [ResultFile])
    case gatheringFailed(GatherID, detail: String)
    case apply(FaultEffect)
    case restart
    case reset
    case addToCache(CachedFile)
    case removeFromCache(name: String)
    case wake
}
public enum SlaveAnswer: Hashable, Sendable {
    case response(XMLRPCResponse)
    case file(CachedFile)
    case notFound
    case listing([CacheEntry])
}
public enum SlaveReaction: Sendable {
    case answer(CallID, SlaveAnswer)
    case fetch(FetchID, FetchRequest)
    case gather(GatherID, BuildOrder, BuildScript)
    case note(SlaveNote)
    case die
}
public struct SlaveNote: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case restarted, reset
        case cleaned(id: String)
        case buildForgotten(id: String)
    }
    public var at: Instant
    public var kind: Kind
}
public struct SlaveConfiguration: Hashable, Sendable {
    public var name: BuilderName
    public var dialect: SlaveDialect = .current
    public var architectureTag = "amd64"
    public init(name: BuilderName) { self.name = name }
}
public struct MockSlave: Sendable {
    let configuration: SlaveConfiguration
    public init(_ configuration: SlaveConfiguration, at: Instant) { self.configuration = configuration }
    public mutating func handle(
        _ event: SlaveEvent, at now: Instant, script: (BuildOrder) -> BuildScript
    ) -> [SlaveReaction] {
        switch event {
        case .call(let id, let call, _):
            let answer: XMLRPCValue =
                call.method == "status" ? ["builder_status": "BuilderStatus.IDLE"] : .array(call.parameters)
            return [.answer(id, .response(.success(answer)))]
        case .readFile(let id, _): return [.answer(id, .notFound)]
        case .listCache(let id): return [.answer(id, .listing([]))]
        default: return []
        }
    }
    public var nextWakeUp: Instant? { nil }
}
public struct FaultMoment: Hashable, Sendable {
    public enum Event: Hashable, Sendable {
        case connection
        case call(method: String)
        case file(name: String)
        case build(BuildRun)
        case reset
    }
    public var slave: SlaveTraits
    public var event: Event
    public var running: BuildRun?
    public var number: Int
    public init(slave: SlaveTraits, event: Event, running: BuildRun? = nil, number: Int = 1) {
        (self.slave, self.event, self.running, self.number) = (slave, event, running, number)
    }
}
public struct SlaveTraits: Hashable, Sendable {
    public var name: BuilderName
    public var architectures: [String]
    public var isVirtual: Bool
    public var tags: [String]
    public init(name: BuilderName, architectures: [String], isVirtual: Bool = false, tags: [String] = []) {
        (self.name, self.architectures, self.isVirtual, self.tags) = (name, architectures, isVirtual, tags)
    }
}
public struct BuildRun: Hashable, Sendable {
    public var package: String
    public var version: String
    public var architecture: String
    public var attempt: Int
}
public struct FaultDecision: Hashable, Sendable {
    public var effects: [FaultEffect] = []
    public var fired: [FiredFault] = []
    public init() {}
}
public struct ListeningDecision: Hashable, Sendable {
    public var refusedBy: [FiredFault] = []
    public var changesAt: Instant?
    public var isRefused: Bool { !refusedBy.isEmpty }
    public init() {}
}
public struct FiredFault: Hashable, Sendable {
    public var rule: String
    public var fault: String
    public init(rule: String, fault: String) { (self.rule, self.fault) = (rule, fault) }
}
