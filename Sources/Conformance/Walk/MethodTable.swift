internal import BuilddProtocol

/// The state × method table of protocol spec 4 and 16: what each method answers in each state, for methods that
/// do not change the state.
struct MethodTable: Sendable {
    /// What is tried in every state.
    enum Probe: Hashable, Sendable, CaseIterable {
        case echo, info, status, ensureAbsent, ensurePresent, buildUnknownType, buildUnknownChroot, abort,
            clean,
            proxyInfo, unknownMethod, wrongArgumentCount, buildLog

        var name: String {
            switch self {
            case .echo: "echo"
            case .info: "info"
            case .status: "status"
            case .ensureAbsent: "ensurepresent of an absent file"
            case .ensurePresent: "ensurepresent of a present file"
            case .buildUnknownType: "build of an unknown type"
            case .buildUnknownChroot: "build with an unknown chroot"
            case .abort: "abort"
            case .clean: "clean"
            case .proxyInfo: "proxy_info"
            case .unknownMethod: "a method there is not"
            case .wrongArgumentCount: "an argument too many"
            case .buildLog: "GET /filecache/buildlog"
            }
        }
    }

    enum Expectation: Hashable, Sendable {
        /// The usual result of the probe, the same in every state.
        case result
        case fault(code: Int64, text: String)
        /// One string.
        case word(String)
        /// A status of HTTP.
        case http(Int)
        /// The call changes the state, so it is not tried by the way.
        case transition
    }

    let profile: SlaveProfile

    static let refused = Expectation.fault(code: 8002, text: "error")

    func expectation(of probe: Probe, in state: BuilderState) -> Expectation {
        switch probe {
        case .echo, .info, .status, .ensureAbsent, .ensurePresent, .buildUnknownType, .buildUnknownChroot:
            .result
        case .abort: abort(in: state)
        case .clean: state == .waiting || state == .aborted ? .transition : Self.refused
        case .proxyInfo:
            // For a binary build, and without one, there is nothing to tell.
            profile.hasProxyInfo ? Self.refused : unknown("proxy_info")
        case .unknownMethod: unknown("nonesuch")
        case .wrongArgumentCount: Self.refused
        case .buildLog: .http(state == .idle ? 404 : 200)
        }
    }

    private func abort(in state: BuilderState) -> Expectation {
        switch state {
        case .idle, .waiting, .aborted: Self.refused
        case .building: .transition
        case .aborting:
            profile.dialect == .release2010 ? Self.refused : .word(BuilderState.aborting.wireText)
        }
    }

    private func unknown(_ method: String) -> Expectation {
        .fault(code: 8001, text: profile.unknownMethodText(method))
    }
}
