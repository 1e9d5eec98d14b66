import BuilddProtocol
import FarmModel
import OrderedCollections
import XMLRPC

/// Reads the extra arguments of a `build` call in the order in which the daemon does, so that a build that
/// fails here has had the same side effects (protocol spec 6 and 7).
struct BuildArguments {
    /// What has been done by the time the arguments turn out to be bad.
    struct Failure: Error {
        /// The URL has been written into the log.
        var hasLoggedURL = false
        /// The build's directory has been made.
        var hasDirectory = false
        /// The list of jobs is missing, so that `status` trips over it.
        var breaksStatus = false
    }

    let type: BuildType
    let order: BuildOrder
    let dialect: SlaveDialect

    /// Reads everything.
    ///
    /// - Parameter directoryIsFree: no build directory of that id is in the way.
    func plan(directoryIsFree: Bool) throws(Failure) -> BuildPlan {
        guard let members = order.arguments.structValue else { throw Failure(breaksStatus: type == .ci) }
        let jobs = try readJobs(members)
        for name in requiredByType where members[name] == nil { throw Failure() }
        if type == .binaryPackage, order.dscName == nil { throw Failure() }
        if type == .translationTemplates, dialect != .release2010, order.argument("branch") == nil,
            members["branch_url"] == nil
        {
            throw Failure()
        }
        let canMakeDirectory = directoryIsFree && !order.buildID.utf8.contains(UInt8(ascii: "/"))
        guard canMakeDirectory else { throw Failure(hasLoggedURL: true) }
        let namesAreGood = order.files.allSatisfy { file in
            !file.name.isEmpty && !file.name.utf8.contains(UInt8(ascii: "/"))
        }
        guard namesAreGood else { throw Failure(hasLoggedURL: true, hasDirectory: true) }
        if dialect != .release2010, members["series"] == nil {
            throw Failure(hasLoggedURL: true, hasDirectory: true)
        }
        return BuildPlan(type: type, order: order, jobs: jobs, dialect: dialect)
    }

    private var requiredByType: [String] {
        switch type {
        case .binaryPackage:
            switch dialect {
            case .current: ["suite", "ogrecomponent"]
            case .release206: ["distribution", "suite", "ogrecomponent"]
            case .release2010: ["ogrecomponent"]
            }
        case .sourcePackageRecipe:
            ["recipe_text", "suite", "ogrecomponent", "author_name", "author_email", "archive_purpose"]
        case .translationTemplates: dialect == .release2010 ? ["branch_url"] : []
        case .liveFS: ["project", "pocket"]
        case .snap, .oci, .charm, .rock, .craft: ["name"]
        case .ci: []
        }
    }

    /// The jobs of a `ci` build: a list of stages, a stage being a list of pairs of name and index.
    private func readJobs(_ members: OrderedDictionary<String, XMLRPCValue>) throws(Failure) -> [PlannedJob] {
        guard type == .ci else { return [] }
        guard let stages = members["jobs"]?.arrayValue, !stages.isEmpty else {
            throw Failure(breaksStatus: true)
        }
        var jobs: [PlannedJob] = []
        for (number, stage) in stages.enumerated() {
            for job in stage.arrayValue ?? [.nil] {
                guard let pair = job.arrayValue, pair.count == 2, let name = PythonText.lookedUp(pair[0]),
                    let index = PythonText.lookedUp(pair[1])
                else { throw Failure() }
                jobs.append(PlannedJob(stage: number, name: name, index: index))
            }
        }
        guard !jobs.isEmpty else { throw Failure(breaksStatus: true) }
        return jobs
    }
}
