import BuilddProtocol
import FarmModel
import XMLRPC

/// The program that a step runs, with its arguments as the build log shows them.
struct StepCommand: Hashable, Sendable {
    var path: String
    /// The name the program is told it has; it shows in the logs of the 2010 dialect only.
    var name: String
    var arguments: [String]

    /// The `RUN:` line of the log without its newline (protocol spec 10 and 16).
    func logLine(in dialect: SlaveDialect) -> String {
        dialect == .release2010
            ? "RUN: \(path) \(PythonText.list([name] + arguments, old: true))"
            : "RUN: \(path) \(arguments.map(PythonText.shellQuoted).joined(separator: " "))"
    }
}

extension StepCommand {
    /// The command of a step of a build.
    init(of step: StepKind, plan: BuildPlan, order: BuildOrder, configuration: SlaveConfiguration) {
        self =
            configuration.dialect == .release2010
            ? Self.old(step, plan: plan, order: order, configuration: configuration)
            : Self.current(step, plan: plan, order: order, configuration: configuration)
    }

    // Today's commands.

    private static func current(
        _ step: StepKind, plan: BuildPlan, order: BuildOrder, configuration: SlaveConfiguration
    ) -> StepCommand {
        let series = text(order.argument("series"))
        func program(_ name: String, _ arguments: [String]) -> StepCommand {
            StepCommand(path: "\(configuration.programDirectory)/\(name)", name: name, arguments: arguments)
        }
        func inTarget(_ name: String, _ arguments: [String] = []) -> StepCommand {
            let target = [
                name, "--backend=\(plan.type.usesLXD ? "lxd" : "chroot")", "--series=\(series)",
                "--arch=\(order.architectureTag)", order.buildID,
            ]
            return program("in-target", target + arguments)
        }
        switch step {
        case .side(.prepare): return program("builder-prep", [])
        case .side(.unpack):
            let image = order.argument("image_type").map { text($0) } ?? "chroot"
            return inTarget(
                "unpack-chroot", ["--image-type", image, "\(configuration.cacheDirectory)/\(order.chroot)"])
        case .side(.mount): return inTarget("mount-chroot")
        case .side(.sourcesList): return inTarget("override-sources-list", texts(order.argument("archives")))
        case .side(.trustedKeys): return inTarget("add-trusted-keys")
        case .side(.update): return inTarget("update-debian-chroot")
        case .side(.reap): return inTarget("scan-for-processes")
        case .side(.unmount): return inTarget("umount-chroot")
        case .side(.remove): return inTarget("remove-build")
        case .job(let index):
            return inTarget("run-ci", [plan.jobs[index].name, plan.jobs[index].index])
        case .main:
            let arguments = MainStepArguments(order: order)
            switch plan.type {
            case .binaryPackage: return program("sbuild-package", arguments.binaryPackage)
            case .sourcePackageRecipe: return program("buildrecipe", arguments.sourcePackageRecipe)
            case .translationTemplates:
                return inTarget("generate-translation-templates", arguments.translationTemplates)
            case .liveFS: return inTarget("buildlivefs", arguments.liveFS)
            case .snap: return inTarget("buildsnap", arguments.snap)
            case .oci: return inTarget("build-oci", arguments.oci)
            case .charm: return inTarget("build-charm", arguments.craftLike)
            case .ci: return inTarget("run-ci-prepare", arguments.ciPreparation)
            case .rock: return inTarget("build-rock", arguments.craftLike)
            case .craft: return inTarget("build-craft", arguments.craftLike)
            }
        }
    }

    // The commands of 2010.

    private static func old(
        _ step: StepKind, plan: BuildPlan, order: BuildOrder, configuration: SlaveConfiguration
    ) -> StepCommand {
        func program(_ name: String, _ arguments: [String] = []) -> StepCommand {
            StepCommand(
                path: "\(configuration.programDirectory)/\(name)", name: name,
                arguments: [order.buildID] + arguments)
        }
        switch step {
        case .side(.prepare):
            return StepCommand(path: "/bin/echo", name: "echo", arguments: ["Forking build subprocess..."])
        case .side(.unpack):
            return program("unpack-chroot", ["\(configuration.cacheDirectory)/\(order.chroot)"])
        case .side(.mount): return program("mount-chroot")
        case .side(.sourcesList): return program("override-sources-list", texts(order.argument("archives")))
        case .side(.trustedKeys), .side(.update), .job:
            return program("update-debian-chroot", [order.architectureTag])
        case .side(.reap):
            var command = program("scan-for-processes")
            command.name = command.path
            return command
        case .side(.unmount): return program("umount-chroot")
        case .side(.remove): return program("remove-build")
        case .main:
            let arguments = MainStepArguments(order: order)
            switch plan.type {
            case .sourcePackageRecipe: return program("buildrecipe", arguments.oldSourcePackageRecipe)
            case .translationTemplates:
                return program("generate-translation-templates", arguments.oldTranslationTemplates)
            default: return program("sbuild-package", arguments.oldBinaryPackage)
            }
        }
    }

    /// A value as text in a command; the empty text when there is none.
    static func text(_ value: XMLRPCValue?) -> String { value.flatMap(PythonText.lookedUp) ?? "" }

    static func texts(_ value: XMLRPCValue?) -> [String] { (value?.arrayValue ?? []).map { text($0) } }
}
