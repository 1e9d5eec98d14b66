import BuilddProtocol
import FarmModel
import RecordingSupport
import Testing
import XMLRPC

/// The calls of a manager (protocol spec 3, manager spec 6).
@Suite("Calls to a slave")
struct SlaveCallTests {
    private func recorded(_ id: String) throws -> XMLRPCCall {
        try #require(Recordings.exchange(id).rpc?.call)
    }

    private func sum(_ text: String) throws -> SHA1Digest { try #require(SHA1Digest(text)) }

    @Test("calls without arguments")
    func simple() throws {
        #expect(try XMLRPCCall.status == recorded("status/building"))
        #expect(try XMLRPCCall.info == recorded("info/building"))
        #expect(try XMLRPCCall.abort == recorded("abort/building"))
        #expect(try XMLRPCCall.clean == recorded("clean/waiting-ok"))
        #expect(try XMLRPCCall.proxyInfo == recorded("proxy_info/idle"))
        #expect(try XMLRPCCall.ping == recorded("echo/ping"))
    }

    @Test("ensurepresent names sum, URL and credentials")
    func ensurePresent() throws {
        let file = "71fa474ffc929ae6811ce08b1be21b5c91f9d481"
        #expect(
            try XMLRPCCall.ensurePresent(
                sum: sum(file), url: "http://127.0.0.1:58000/auth/three", user: "user", password: "secret")
                == recorded("ensurepresent/auth-ok"))
        #expect(
            try XMLRPCCall.ensurePresent(sum: sum(file), url: nil)
                == XMLRPCCall("ensurepresent", [.string(file), .nil, "", ""]))
    }

    @Test("a build of a binary package is the recorded one")
    func build() throws {
        let arguments = BinaryBuildArguments(
            series: "noble", architectureTag: "amd64", buildsArchitectureIndependent: true,
            archives: ["deb http://archive.example/ubuntu noble main"], trustedKeys: ["a2V5"],
            buildURL: "https://launchpad.example/~u/+archive/+build/1")
        let request = BuildRequest(
            cookie: try #require(BuildCookie("PACKAGEBUILD-101")),
            chroot: try sum("171f0326fdc56a48d93c7be9bd0d57bc809ff610"),
            files: [
                BuildFile(name: "hello_1.0-1.dsc", sum: try sum("49beeddb4585248d20592e85f1693e691ef87232")),
                BuildFile(
                    name: "hello_1.0.orig.tar.gz", sum: try sum("dd7e834d581cd6e377401cc45260e59a4b2f0a3c")),
            ], arguments: arguments)
        let call = XMLRPCCall.build(request)
        let recorded = try recorded("build/ok")
        #expect(call.method == recorded.method)
        #expect(call.parameters.prefix(4) == recorded.parameters.prefix(4))
        // The order of arguments means nothing.
        let own = try #require(call.parameters.last?.structValue)
        let other = try #require(recorded.parameters.last?.structValue)
        #expect(own.count == other.count)
        for (name, value) in other { #expect(own[name] == value, "\(name)") }
    }

    @Test("optional arguments are left out or given")
    func optionalArguments() throws {
        var arguments = BinaryBuildArguments(
            series: "noble", suite: "noble-proposed", architectureTag: "s390x", buildURL: "x")
        #expect(arguments.encoded.structValue?["suite"] == "noble-proposed")
        for name in ["launchpad_server_url", "launchpad_instance", "distribution"] {
            #expect(arguments.encoded.structValue?[name] == nil)
        }
        arguments.serverURL = "https://launchpad.example"
        arguments.instance = "devel"
        arguments.distribution = "ubuntu"
        arguments.archiveIsPrivate = true
        arguments.fastCleanup = true
        let encoded = arguments.encoded.structValue
        #expect(encoded?["launchpad_server_url"] == "https://launchpad.example")
        #expect(encoded?["launchpad_instance"] == "devel")
        #expect(encoded?["distribution"] == "ubuntu")
        #expect(encoded?["archive_private"] == true && encoded?["fast_cleanup"] == true)
    }

    @Test("of files with one name the last one counts")
    func duplicateFiles() throws {
        let call = XMLRPCCall.build(
            cookie: "x", type: "binarypackage", chroot: try sum("171f0326fdc56a48d93c7be9bd0d57bc809ff610"),
            files: [.init(name: "a", sum: "1"), .init(name: "a", sum: "2")], arguments: [:])
        #expect(call.parameters[3] == ["a": "2"])
    }

    @Test("the methods have the arguments of the recorded calls")
    func methods() throws {
        for exchange in try Recordings.all.get() {
            guard let call = exchange.rpc?.call, let method = SlaveMethod(rawValue: call.method),
                case .success? = exchange.rpc?.response
            else { continue }
            #expect(method.exists(in: exchange.daemon.dialect))
            if let count = method.argumentCount { #expect(call.parameters.count == count, "\(exchange)") }
        }
        #expect(
            !SlaveMethod.proxyInfo.exists(in: .release206) && !SlaveMethod.proxyInfo.exists(in: .release2010))
    }

    @Test("build types by dialect")
    func types() {
        #expect(BuildType(name: "debian", in: .release2010) == .binaryPackage)
        #expect(BuildType(name: "debian", in: .current) == nil)
        #expect(BuildType(name: "rock", in: .release206) == nil)
        #expect(BuildType(name: "snap", in: .release2010) == nil)
        #expect(BuildType.names(in: .current).count == 10)
        #expect(BuildType.allCases.filter(\.answersProxyInfo) == [.snap, .rock, .craft])
        #expect(BuildType.allCases.filter { !$0.usesLXD }.count == 3)
        #expect(BuildType.allCases.filter { !$0.alwaysStripsCredentials }.count == 4)
    }

    @Test("answers are read and written")
    func replies() throws {
        let build = BuildReply(status: "BuilderStatus.BUILDING", information: "x")
        #expect(try BuildReply(decoding: build.encoded) == build)
        #expect(try BuildReply(decoding: ["x", .nil]).information == "")
        let present = EnsurePresentReply(present: true, information: "Cache")
        #expect(try EnsurePresentReply(decoding: present.encoded) == present)
        #expect(try EnsurePresentReply(decoding: [true, .nil]).information == "")
        for value: XMLRPCValue in ["x", [], ["x"], [1, "x"], [.nil, "x"]] {
            #expect(throws: BuilddProtocolError.self) { try BuildReply(decoding: value) }
            #expect(throws: BuilddProtocolError.self) { try EnsurePresentReply(decoding: value) }
        }
    }
}
