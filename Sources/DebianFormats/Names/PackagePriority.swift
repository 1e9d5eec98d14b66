/// How important it is that a package is installed.
public enum PackagePriority: String, Hashable, Sendable, CaseIterable {
    case required, important, standard, optional, extra

    /// - Parameter word: a priority in any case, or `-`, which stands for `extra` (ppa spec 3.5).
    public init?(word: some StringProtocol) {
        if word == "-" {
            self = .extra
        } else {
            self.init(rawValue: ASCII.lowercased(word))
        }
    }
}
