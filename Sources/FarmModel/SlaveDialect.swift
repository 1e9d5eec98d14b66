/// Which release of `launchpad-buildd` a fake slave imitates (protocol spec 16).
public enum SlaveDialect: String, Hashable, Sendable, CaseIterable {
    /// Release 254 (March 2025) under Twisted 24.3.0.
    case current
    /// Release 206 under Twisted 24.3.0.
    case release206 = "206"
    /// Release 70 (October 2010) under Twisted 10.0.0.
    case release2010 = "2010"
}
