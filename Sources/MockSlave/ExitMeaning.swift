import BuilddProtocol
import FarmModel

/// What the exit status of a step means for the build (protocol spec 8 and 16).
enum ExitMeaning {
    /// The result of a build whose step around the main one failed; nil: the failure does not count.
    ///
    /// - Parameter hasFailed: the build has failed before.
    static func result(of step: BuildScript.Step, hasFailed: Bool) -> BuildResult? {
        switch step {
        case .prepare: .builderFail
        case .unpack, .mount, .sourcesList, .trustedKeys, .update: .chrootFail
        case .reap: nil
        case .unmount, .remove: hasFailed ? nil : .builderFail
        }
    }

    /// The result of a build whose main step ended with this exit status; nil: a good end.
    ///
    /// - Parameter scripted: what the log is taken to say where the status leaves it open: a dependency
    ///   missing or a reason to try again; anything else says nothing.
    static func result(
        ofMainStepOf type: BuildType, status: Int, dialect: SlaveDialect, scripted: BuildScript.Outcome
    ) -> BuildResult? {
        if status == 0 { return nil }
        let byLog: BuildResult =
            switch scripted {
            case .depFail: .depFail
            case .givenBack: .givenBack
            default: .packageFail
            }
        switch (type, dialect) {
        case (.binaryPackage, .release2010):
            switch status {
            case 1: return byLog
            case 2: return .givenBack
            case 3: return byLog == .givenBack ? .givenBack : .packageFail
            default: return .builderFail
            }
        case (.binaryPackage, _):
            switch status {
            case 1, 2: return .packageFail
            case 3: return byLog
            default: return .builderFail
            }
        case (.sourcePackageRecipe, _):
            switch status {
            case 202: return byLog == .depFail ? .depFail : .packageFail
            case 200, 201, 203: return .packageFail
            default: return .builderFail
            }
        case (.translationTemplates, _):
            switch status {
            case 200: return .chrootFail
            case 201: return .packageFail
            default: return .builderFail
            }
        case (.liveFS, _), (.snap, _), (.oci, _), (.charm, _), (.ci, _):
            return status == 200 || status == 201 ? .packageFail : .builderFail
        case (.rock, _), (.craft, _):
            return .packageFail
        }
    }

    /// The result that a script's outcome stands for; nil for those that only show after a good main step.
    static func result(of outcome: BuildScript.Outcome) -> BuildResult? {
        switch outcome {
        case .ok, .aborted, .killsSlave: nil
        case .packageFail: .packageFail
        case .depFail: .depFail
        case .givenBack: .givenBack
        case .chrootFail: .chrootFail
        case .builderFail: .builderFail
        }
    }
}
