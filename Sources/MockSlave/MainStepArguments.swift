import BuilddProtocol
import FarmModel
import XMLRPC

/// The arguments of the programs that do the main step, by build type (protocol spec 7 and 10).
struct MainStepArguments {
    var order: BuildOrder

    var binaryPackage: [String] {
        let tag = order.architectureTag
        let suite = text("suite")
        return [
            order.buildID, tag, suite, "-c", "chroot:build-\(order.buildID)", "--arch=\(tag)",
            "--dist=\(suite)", "--nolog",
        ] + (isTrue("arch_indep") ? ["-A"] : []) + [order.dscName ?? ""]
    }

    var oldBinaryPackage: [String] {
        let tag = order.architectureTag
        let suite = text("suite")
        let purpose = has("archive_purpose") ? ["--purpose=\(text("archive_purpose"))"] : []
        return [tag, suite, "--nolog", "--batch", "--archive=ubuntu", "--dist=\(suite)"] + purpose
            + ["--architecture=\(tag)", "--comp=\(text("ogrecomponent"))"]
            + (isTrue("arch_indep") ? ["-A"] : []) + [order.dscName ?? ""]
    }

    var sourcePackageRecipe: [String] {
        (isTrue("git") ? ["--git"] : [])
            + [
                order.buildID, text("author_name"), text("author_email"), text("suite"), text("series"),
                text("ogrecomponent"), text("archive_purpose"),
            ]
    }

    var oldSourcePackageRecipe: [String] {
        ["author_name", "author_email", "suite", "ogrecomponent", "archive_purpose"].map { text($0) }
    }

    var translationTemplates: [String] {
        option("branch", as: has("branch") ? "branch" : "branch_url") + repository
            + ["translation-templates.tar.gz"]
    }

    var oldTranslationTemplates: [String] { [text("branch_url"), "translation-templates.tar.gz"] }

    var liveFS: [String] {
        option("project") + option("subproject") + option("subarch")
            + (text("pocket") == "proposed" ? ["--proposed"] : []) + option("datestamp")
            + option("image-format", as: "image_format") + option("locale")
            + eachOption("extra-ppa", of: "extra_ppas") + eachOption("extra-snap", of: "extra_snaps")
            + option("channel") + eachOption("image-target", of: "image_targets")
            + option("repo-snapshot-stamp", as: "repo_snapshot_stamp")
            + option("snapshot-service-timestamp", as: "snapshot_service_timestamp")
            + option("cohort-key") + flag("debug")
    }

    var snap: [String] {
        channels + option("build-request-id", as: "build_request_id")
            + option("build-request-timestamp", as: "build_request_timestamp")
            + option("build-url", as: "build_url") + proxy + flag("disable-proxy-after-pull") + source
            + flag("build-source-tarball") + flag("private")
            + eachOption("target-arch", of: "target_architectures") + [text("name")]
    }

    var oci: [String] {
        proxy + source + option("build-file", as: "build_file") + option("build-path", as: "build_path")
            + sortedPairs("build_args").flatMap { ["--build-arg", $0] } + [text("name")]
    }

    /// The arguments for `charm`, `rock` and `craft`.
    var craftLike: [String] {
        channels + proxy + source + option("build-path", as: "build_path")
            + option("craft-platform", as: "craft_platform") + [text("name")]
    }

    var ciPreparation: [String] { channels + proxy + source }

    // What several types share.

    /// The slave puts a proxy of its own between the build and the one it was given.
    private var proxy: [String] {
        (has("proxy_url") ? ["--proxy-url", "http://localhost:19231/"] : [])
            + option("revocation-endpoint", as: "revocation_endpoint")
    }

    private var source: [String] { option("branch") + repository }

    private var repository: [String] {
        option("git-repository", as: "git_repository") + option("git-path", as: "git_path")
    }

    private var channels: [String] { sortedPairs("channels").flatMap { ["--channel", $0] } }

    /// The members of a struct argument as `NAME=VALUE`, by name.
    private func sortedPairs(_ name: String) -> [String] {
        guard let members = order.argument(name)?.structValue else { return [] }
        return members.keys.sorted { $0.precedes($1) }.map { "\($0)=\(StepCommand.text(members[$0]))" }
    }

    private func text(_ name: String) -> String { StepCommand.text(order.argument(name)) }

    private func isTrue(_ name: String) -> Bool { order.argument(name).map(PythonText.isTrue) ?? false }

    private func has(_ name: String) -> Bool { isTrue(name) }

    private func option(_ option: String, as argument: String? = nil) -> [String] {
        let argument = argument ?? option
        return has(argument) ? ["--\(option)", text(argument)] : []
    }

    private func flag(_ option: String) -> [String] {
        isTrue(option.split(separator: "-").joined(separator: "_")) ? ["--\(option)"] : []
    }

    private func eachOption(_ option: String, of argument: String) -> [String] {
        StepCommand.texts(order.argument(argument)).flatMap { ["--\(option)", $0] }
    }
}
