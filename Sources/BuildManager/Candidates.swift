public import FarmModel

/// Which waiting job a builder may take (manager spec 1.6 and 5).
public enum Candidates {
    /// Whether a job may run on a builder: processor equal or indifferent, virtualisation equal, every constraint
    /// on offer, and every restricted resource of the builder asked for (manager spec 1.6).
    public static func matches(_ job: JobRequirements, _ builder: BuilderVitals) -> Bool {
        if let processor = job.processor, !builder.processors.contains(processor) { return false }
        guard job.isVirtualized == builder.isVirtualized else { return false }
        let onOffer = builder.openResources + builder.restrictedResources
        return job.constraints.allSatisfy(onOffer.contains)
            && builder.restrictedResources.allSatisfy(job.constraints.contains)
    }

    /// The status with which a binary build ends instead of being dispatched, or nil to go on (manager spec 5.1).
    public static func vet(pocket: String, isSourcePublished: Bool, isSeriesObsolete: Bool = false)
        -> BuildStatus?
    {
        if pocket == "security" || isSeriesObsolete { return .failedToBuild }
        return isSourcePublished ? nil : .superseded
    }
}

/// The score of a binary build: who goes first (manager spec 5.2).
public struct BuildScore: Hashable, Sendable {
    public var isPrivate = false
    /// True for rebuild archives.
    public var isCopyArchive = false
    /// Set by an administrator; may be negative.
    public var archiveBonus: Int64 = 0
    public var section = "misc"
    public var urgency = "medium"
    public var pocket = "release"
    public var component = "main"
    /// The best bonus of the package sets the source is in; not for PPAs.
    public var packageSetBonus: Int64 = 0

    public init() {}

    public var value: Int64 {
        var score = archiveBonus
        if isPrivate { score += 10_000 }
        if isCopyArchive { score -= 2_600 }
        if section == "translations" { return score }
        switch urgency {
        case "low": score += 5
        case "medium": score += 10
        case "high": score += 15
        case "emergency": score += 20
        default: break
        }
        switch pocket {
        case "release": score += 1_500
        case "proposed", "updates": score += 3_000
        case "security": score += 4_500
        default: break
        }
        switch component {
        case "universe": score += 250
        case "restricted": score += 750
        case "main": score += 1_000
        case "partner": score += 1_250
        default: break
        }
        return score + packageSetBonus
    }
}
