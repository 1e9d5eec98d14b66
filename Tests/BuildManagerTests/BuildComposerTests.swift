import BuildManager
import BuilddProtocol
import FarmModel
import Testing
import XMLRPC

@Suite("The calls of a dispatch")
struct BuildComposerTests {
    private let composer = BuildComposer(librarianURL: "http://library:8000")

    private func archives(_ plan: DispatchPlan) throws -> [String] {
        let call = try #require(composer.build(plan))
        try #require(call.parameters.count == 5)
        return try #require(call.parameters[4].structValue?["archives"]?.arrayValue).compactMap(\.stringValue)
    }

    @Test("build: cookie, type, image, files, arguments")
    func build() throws {
        let call = try #require(composer.build(try .sample()))
        #expect(call.method == "build")
        try #require(call.parameters.count == 5)
        #expect(call.parameters[0] == "PACKAGEBUILD-7")
        #expect(call.parameters[1] == "binarypackage")
        #expect(call.parameters[2].stringValue == String(repeating: "b", count: 40))
        #expect(
            call.parameters[3].structValue?.keys.elements == ["hello_2.10-2.dsc", "hello_2.10.orig.tar.gz"])
        let arguments = try #require(call.parameters[4].structValue)
        for key in [
            "series", "suite", "arch_tag", "arch_indep", "archive_purpose", "ogrecomponent", "archives",
            "trusted_keys",
            "archive_private", "build_debug_symbols", "build_url", "builder_constraints", "fast_cleanup",
            "image_type",
            "launchpad_server_url", "launchpad_instance",
        ] {
            #expect(arguments[key] != nil, "\(key) is missing")
        }
        #expect(arguments["builder_constraints"] == [])
        #expect(arguments["image_type"] == "chroot")
        #expect(arguments["fast_cleanup"] == false)
    }

    @Test("without an image there is nothing to send")
    func noImage() throws {
        var plan = try DispatchPlan.sample()
        plan.image = nil
        #expect(composer.build(plan) == nil)
    }

    @Test(
        "a build sees the pockets that its own may use",
        arguments: [
            ("", ["noble"]), ("-security", ["noble", "noble-security"]),
            ("-updates", ["noble", "noble-security", "noble-updates"]),
            ("-proposed", ["noble", "noble-security", "noble-updates", "noble-proposed"]),
            ("-backports", ["noble", "noble-security", "noble-updates", "noble-backports"]),
        ])
    func pockets(suffix: String, suites: [String]) throws {
        var plan = try DispatchPlan.sample()
        plan.suiteSuffix = suffix
        plan.archiveURLs = ["http://a/ubuntu"]
        #expect(try archives(plan).map { $0.split(separator: " ")[2] } == suites.map { $0[...] })
    }

    @Test(
        "a build sees the components that its own may use, and backports all",
        arguments: [
            ("main", "", "main"), ("restricted", "", "main restricted"), ("universe", "", "main universe"),
            ("multiverse", "", "main restricted universe multiverse"), ("partner", "", "partner"),
            ("main", "-backports", "main restricted universe multiverse"),
        ])
    func components(component: String, suffix: String, seen: String) throws {
        var plan = try DispatchPlan.sample()
        plan.component = component
        plan.suiteSuffix = suffix
        plan.archiveURLs = ["http://a/ubuntu"]
        #expect(try archives(plan).first == "deb http://a/ubuntu noble \(seen)")
    }

    @Test("the archive itself comes first and alone carries its token")
    func credentials() throws {
        var plan = try DispatchPlan.sample()
        plan.archiveURLs = ["https://private/ppa/ubuntu", "http://a/ubuntu"]
        #expect(try archives(plan).allSatisfy { !$0.contains("@") })
        plan.isPrivate = true
        plan.fileToken = "topsecret"
        #expect(
            try archives(plan) == [
                "deb https://buildd:topsecret@private/ppa/ubuntu noble main",
                "deb http://a/ubuntu noble main",
            ])
    }

    @Test("ensurepresent: a restricted file goes with user and token, an open one without")
    func ensurePresent() throws {
        var plan = try DispatchPlan.sample()
        plan.fileToken = "topsecret"
        var file = try #require(plan.files.first)
        let sum = String(repeating: "b", count: 40)
        #expect(
            composer.ensurePresent(file, plan).parameters == [
                .string(sum), .string("http://library:8000/\(sum)/hello_2.10-2.dsc"), "", "",
            ])
        file.isRestricted = true
        file.name = "a b%/é.dsc"
        #expect(
            composer.ensurePresent(file, plan).parameters == [
                .string(sum), .string("http://library:8000/\(sum)/a%20b%25%2F%C3%A9.dsc"), "buildd",
                "topsecret",
            ])
    }
}
