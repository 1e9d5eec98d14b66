/// What a person, a test or a fault does to a slave's machine.
public enum SlavePower: String, Hashable, Sendable, CaseIterable {
    /// Runs and listens. From off or killed, the daemon starts anew.
    case on
    /// Shut down: the listener and all connections are closed.
    case off
    /// Gone without a word: the listener is closed, all connections are reset.
    case killed
    /// Killed by one of its builds: only a reset brings it back.
    case dead
}
