public import FarmModel

/// A fault of the catalogue: what can be wrong with a slave, its network or its build.
///
/// One file holds one fault. To add a fault, write its file beside the others and name its type in
/// `FaultCatalogue.all`; the format, the error messages and `docs/faults.md` follow.
public protocol ScriptedFault: Sendable {
    /// The word behind `fault:`, such as `reset-in-body`.
    static var name: String { get }
    /// What it does, in one or two sentences.
    static var summary: String { get }
    /// When it can act.
    static var occasion: FaultOccasion { get }
    /// Whether it makes sense only while the slave has a build; other moments are then not its moments.
    static var needsBuild: Bool { get }
    /// The keys it understands besides those of every rule.
    static var parameters: [any FaultParameterDescription] { get }

    /// - Parameter values: checked; one that was not given has its default.
    init(_ values: FaultParameterValues)

    /// What to inject at a moment of its occasion at which its rule fires.
    func effects(for moment: FaultMoment) -> [FaultEffect]
}

extension ScriptedFault {
    public static var needsBuild: Bool { false }
    public static var parameters: [any FaultParameterDescription] { [] }
}

/// The moments at which a fault can act.
public enum FaultOccasion: Hashable, Sendable, CustomStringConvertible {
    /// All the time its rule is awake: whether the slave listens at all.
    case listening
    /// RPC calls; of these methods only, unless the list is empty.
    case calls([String])
    /// Downloads.
    case files
    /// RPC calls and downloads.
    case requests
    /// The begin of a build.
    case builds
    /// The reset command of a virtual slave.
    case resets

    public var description: String {
        switch self {
        case .listening: "the slave's listener, all the time the rule is awake"
        case .calls([]): "RPC calls"
        case .calls(let methods): "calls of " + methods.map { "`\($0)`" }.joined(separator: ", ")
        case .files: "downloads"
        case .requests: "RPC calls and downloads"
        case .builds: "builds, as they begin"
        case .resets: "the reset command of virtual slaves"
        }
    }

    /// Whether an event is of this kind.
    func includes(_ event: FaultMoment.Event) -> Bool {
        switch (self, event) {
        case (.calls(let methods), .call(let method)): methods.isEmpty || methods.contains(method)
        case (.requests, .call), (.requests, .file), (.files, .file), (.builds, .build), (.resets, .reset):
            true
        default: false
        }
    }
}
