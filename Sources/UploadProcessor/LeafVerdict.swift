package import FarmModel

/// What is to be done with a leaf, judged by its name and its build's record alone (manager spec 8).
package enum LeafVerdict: Hashable, Sendable {
    /// It is not ours to touch: it stays in `incoming`, with a warning.
    case skip(String)
    /// The manager has not handed it over yet: it stays in `incoming`.
    case wait
    /// It can never be processed: it goes to `failed`, with a warning.
    case setAside(String)
    /// It is to be processed now.
    case process

    /// What the records say of a build.
    package struct Build: Hashable, Sendable {
        package var status: BuildStatus
        package var jobType: JobType
        /// The leaf the manager announced; nil when it announced none.
        package var announcedLeaf: String?

        package init(status: BuildStatus, jobType: JobType, announcedLeaf: String?) {
            self.status = status
            self.jobType = jobType
            self.announcedLeaf = announcedLeaf
        }
    }

    /// - Parameter build: nil when the records hold no build of that id.
    package static func judge(_ leaf: LeafName, _ build: Build?) -> LeafVerdict {
        guard let build, build.jobType == leaf.cookie.jobType else {
            return .skip("there is no build \(leaf.cookie)")
        }
        switch build.status {
        case .building, .gathering: return .wait
        case .uploading:
            // The original takes the oldest of several leaves. The manager's announcement is better: another
            // leaf is one whose collection was cut short, and may not have been checked (invariant 36).
            if let announced = build.announcedLeaf, announced != leaf.rawValue {
                return .setAside("build \(leaf.cookie) announced the leaf \(announced) instead")
            }
            return .process
        default: return .setAside("build \(leaf.cookie) is \(build.status.name), not UPLOADING")
        }
    }
}
