import FarmModel

/// What the real tools write in the steps around the main one, used where a script says nothing else.
enum StepText {
    static func usual(
        of step: BuildScript.Step, order: BuildOrder, configuration: SlaveConfiguration
    ) -> String {
        let id = order.buildID
        if configuration.dialect == .release2010 {
            return switch step {
            case .prepare: "Forking build subprocess...\n"
            case .unpack: "Unpacking chroot for build \(id)\n"
            case .mount: "Mounting chroot for build \(id)\n"
            case .sourcesList: "Overriding sources.list in build-\(id)\n"
            case .trustedKeys: ""
            case .update: "Updating debian chroot for build \(id)\n"
            case .reap: "Scanning for processes to kill in build \(id)...\n"
            case .unmount: "Unmounting chroot for build \(id)...\n"
            case .remove: "Removing build \(id)\n"
            }
        }
        return switch step {
        case .prepare: kernelAndTools(configuration)
        case .unpack: "Creating target for build \(id)\n"
        case .mount: "Starting target for build \(id)\n"
        case .sourcesList: "Overriding sources.list in build-\(id)\n"
        case .trustedKeys: "Adding trusted keys to build-\(id)\n"
        case .update: "Updating target for build \(id)\n"
        case .reap: "Scanning for processes to kill in build \(id)\n"
        case .unmount: "Stopping target for build \(id)\n"
        case .remove: "Removing build \(id)\n"
        }
    }

    private static func kernelAndTools(_ configuration: SlaveConfiguration) -> String {
        let version =
            configuration.version ?? SlaveConfiguration.version(of: configuration.dialect) ?? "unknown"
        return """
            Kernel version: Linux \(configuration.name) 6.8.0 \(machine(configuration.architectureTag))
            Buildd toolchain package versions: launchpad-buildd_\(version) python3-lpbuildd_\(version) \
            sbuild_0.85.

            """
    }

    /// The kernel's word for an architecture.
    private static func machine(_ architectureTag: String) -> String {
        switch architectureTag {
        case "amd64": "x86_64"
        case "arm64": "aarch64"
        case "armhf": "armv7l"
        case "i386": "i686"
        case "ppc64el": "ppc64le"
        default: architectureTag
        }
    }
}
