public import FarmModel

/// The methods of a slave (protocol spec 3).
public enum SlaveMethod: String, Hashable, Sendable, CaseIterable {
    case echo
    case info
    case status
    case ensurePresent = "ensurepresent"
    case build
    case abort
    case clean
    /// Only slaves of the current dialect know this method.
    case proxyInfo = "proxy_info"

    /// How many arguments a call must have; nil: any number.
    public var argumentCount: Int? {
        switch self {
        case .echo: nil
        case .info, .status, .abort, .clean, .proxyInfo: 0
        case .ensurePresent: 4
        case .build: 5
        }
    }

    /// Whether slaves of this dialect know the method.
    public func exists(in dialect: SlaveDialect) -> Bool { self != .proxyInfo || dialect == .current }
}
