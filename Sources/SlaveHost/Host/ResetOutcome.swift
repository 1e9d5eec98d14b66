import FarmModel

/// What running the reset command of a virtual slave comes to.
public struct ResetOutcome: Hashable, Sendable {
    /// The command's exit status; nil: it never ends.
    public var exitStatus: Int?
    /// What the command prints.
    public var text: String
    /// Whether the slave is really reset.
    public var resets: Bool

    init(slave: BuilderName, effects: [FaultEffect]) {
        exitStatus = 0
        text = "\(slave) has been reset"
        resets = true
        for effect in effects {
            switch effect {
            case .resetFails(let status):
                exitStatus = status
                text = "\(slave) could not be reset: scripted failure"
                resets = false
            case .resetHangs:
                exitStatus = nil
                text = ""
                resets = false
            case .resetLies:
                resets = false
            default: break
            }
        }
    }
}
