/// An archive into which jobs build.
public struct ArchiveSpec: Hashable, Sendable {
    /// What an archive is for; decides scores and build arguments (manager spec 5.2, 6).
    public enum Purpose: String, Hashable, Sendable, CaseIterable {
        case primary
        case partner
        case ppa
        case copy
    }

    /// The key by which jobs name it.
    public var name: String
    public var owner: String
    public var purpose: Purpose
    public var distribution: String
    /// Whether its files need credentials.
    public var isPrivate: Bool
    /// Whether its builds must run on virtual builders (manager spec 1.6).
    public var requiresVirtual: Bool
    /// An administrator's addition to the score of its builds; may be negative.
    public var scoreBonus: Int
    /// Names of archives whose packages its builds may use, in order.
    public var dependencies: [String]

    public init(
        name: String, owner: String = "farm", purpose: Purpose = .primary, distribution: String = "ubuntu",
        isPrivate: Bool = false, requiresVirtual: Bool = false, scoreBonus: Int = 0,
        dependencies: [String] = []
    ) {
        self.name = name
        self.owner = owner
        self.purpose = purpose
        self.distribution = distribution
        self.isPrivate = isPrivate
        self.requiresVirtual = requiresVirtual
        self.scoreBonus = scoreBonus
        self.dependencies = dependencies
    }
}
