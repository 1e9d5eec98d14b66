import BuilddProtocol
public import FarmModel
public import XMLRPC

/// Composes the calls of a dispatch from its plan (manager spec 6).
public struct BuildComposer: Sendable {
    /// Where slaves fetch files; no slash at the end.
    public let librarianURL: String
    /// Told to slaves as the server they work for.
    public var serverHost = "localhost"
    /// `production`, `qastaging`, `staging` or `devel`.
    public var instance = "devel"

    public init(librarianURL: String) { self.librarianURL = librarianURL }

    /// The call that makes the slave fetch one file. A restricted file goes with the archive's token as password.
    public func ensurePresent(_ file: DispatchPlan.File, _ plan: DispatchPlan) -> XMLRPCCall {
        let token = file.isRestricted ? plan.fileToken : nil
        return .ensurePresent(
            sum: file.sum, url: "\(librarianURL)/\(file.sum)/\(Self.escaped(file.name))",
            user: token == nil ? "" : "buildd", password: token ?? "")
    }

    /// The call that starts the build; nil for a plan without a base image.
    public func build(_ plan: DispatchPlan) -> XMLRPCCall? {
        let arguments = BinaryBuildArguments(
            series: plan.series, suite: plan.suite, architectureTag: plan.architecture,
            buildsArchitectureIndependent: plan.isArchIndep, archivePurpose: plan.archivePurpose,
            component: plan.component, archives: Self.sourcesList(plan), trustedKeys: plan.trustedKeys,
            archiveIsPrivate: plan.isPrivate, buildsDebugSymbols: plan.buildDebugSymbols,
            buildURL: "http://\(serverHost)/builds/\(plan.job.build)", builderConstraints: plan.constraints,
            fastCleanup: plan.isVirtualized, serverURL: serverHost, instance: instance,
            distribution: plan.distribution)
        return plan.image.map { image in
            .build(
                cookie: plan.job.cookie.description, type: "binarypackage", chroot: image.sum,
                files: plan.files.map { BuildFile(name: $0.name, sum: $0.sum.description) },
                arguments: arguments.encoded)
        }
    }

    /// The `sources.list` lines of a build: every archive in every pocket and component the build may see. The
    /// token of a private archive goes with the first line's archive only, which is the private one itself.
    static func sourcesList(_ plan: DispatchPlan) -> [String] {
        // Backports may use everything.
        let component = plan.suiteSuffix == "-backports" ? "multiverse" : plan.component
        let components = visibleComponents(component).joined(separator: " ")
        return plan.archiveURLs.enumerated().flatMap { index, url in
            let address =
                index == 0 && plan.isPrivate
                ? plan.fileToken.map { authenticated(url, token: $0) } ?? url : url
            return visibleSuffixes(plan.suiteSuffix).map { suffix in
                "deb \(address) \(plan.series)\(suffix) \(components)"
            }
        }
    }

    private static func visibleComponents(_ component: String) -> [String] {
        switch component {
        case "restricted": ["main", "restricted"]
        case "universe": ["main", "universe"]
        case "multiverse": ["main", "restricted", "universe", "multiverse"]
        case "main", "partner": [component]
        default: ["main", component]
        }
    }

    private static func visibleSuffixes(_ suffix: String) -> [String] {
        switch suffix {
        case "": [""]
        case "-security": ["", "-security"]
        case "-updates": ["", "-security", "-updates"]
        default: ["", "-security", "-updates", suffix]
        }
    }

    private static func authenticated(_ url: String, token: String) -> String {
        url.firstRange(of: "://").map { url[..<$0.upperBound] + "buildd:\(token)@" + url[$0.upperBound...] }
            ?? url
    }

    /// A name as one path segment of a URL: everything but letters, digits and `-._~+` percent-encoded.
    private static func escaped(_ name: String) -> String {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~+".utf8)
        let digits = Array("0123456789ABCDEF".utf8)
        var escaped: [UInt8] = []
        for byte in name.utf8 {
            if plain.contains(byte) {
                escaped.append(byte)
            } else {
                escaped += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
