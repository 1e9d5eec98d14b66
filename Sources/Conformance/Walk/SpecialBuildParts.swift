internal import BuilddProtocol
internal import XMLRPC

/// Builds that show one rule each.
extension StateWalk {
    private static let secret = "user:secret@"

    /// The log of a private build never shows credentials where a manager reads it (protocol spec 10).
    func privateBuild() async throws {
        let id = buildID("private")
        let archive = "deb http://\(Self.secret)archive.example/ubuntu noble main"
        try await start(id, inputs.call(id: id, archive: archive, isPrivate: true))
        try await followLog("BUILDING, private", fits: LogRules.isPrivateTail)
        try await wait(for: [.waiting], limit: limits.build)
        let log = String(decoding: try await client.get("/filecache/buildlog").body, as: UTF8.self)
        await report.expect(
            "WAITING, private: the log is stripped", !log.contains(Self.secret), expected: "no credentials",
            got: "the log has them")
        let original = try await client.get("/filecache/buildlog.unsanitized")
        await report.expect(
            "WAITING, private: the original log stays beside it", original.status, is: 200)
        if String(decoding: original.body, as: UTF8.self).contains(Self.secret) {
            await report.expect(
                "WAITING, private: a line keeps what is around the credentials",
                log.contains("deb http://archive.example/ubuntu"),
                expected: "deb http://archive.example/ubuntu",
                got: Excerpt.escaped(log.utf8.prefix(200)))
        } else {
            await report.skip(
                "WAITING, private: a line keeps what is around the credentials",
                because: "the slave's steps did not log the archives")
        }
        let got = try await client.call("clean")
        await report.expect("WAITING, private: clean", got, is: .success(.string(BuilderState.idle.wireText)))
        let after = try await client.get("/filecache/buildlog.unsanitized").status
        await report.expect("IDLE: the original log of a private build stays after clean", after, is: 200)
    }

    /// A `build` call that is refused for the state still renames the build and empties its log (protocol spec 6).
    func oddities() async throws {
        let (id, other) = (buildID("renamed"), buildID("refused"))
        try await start(id, inputs.call(id: id))
        try await reachMainStep()
        let log = try await client.get("/filecache/buildlog").body
        try await refuse(other, "BUILDING")
        try await checkStatus(
            "BUILDING: a refused build renames the running one", state: .building, buildID: other)
        let emptied = try await client.get("/filecache/buildlog").body
        let name = "BUILDING: a refused build empties the log"
        if log.isEmpty {
            await report.skip(name, because: "it was empty before")
        } else {
            await report.expect(
                name, !emptied.starts(with: log), expected: "a log without what it held before",
                got: Excerpt.escaped(emptied.prefix(80)))
        }
        try await wait(for: [.waiting], limit: limits.build)
        try await checkStatus(
            "WAITING: the build keeps its new name", state: .waiting, buildID: other, result: .ok)
        let third = buildID("refused-again")
        try await refuse(third, "WAITING")
        try await checkStatus(
            "WAITING: a refused build renames the finished one", state: .waiting, buildID: third, result: .ok)
        let left = try await client.get("/filecache/buildlog").body
        await report.expect("WAITING: a refused build empties the log", bytes: left, are: [])
    }

    private func refuse(_ id: String, _ state: String) async throws {
        let got = try await client.call("build", inputs.call(id: id))
        await report.expect(
            "\(state): a second build is refused", got, is: .fault(XMLRPCFault(code: 8002, text: "error")))
    }

    /// `proxy_info` of a build that has a proxy (protocol spec 14).
    func proxyInfo() async throws {
        let name = "BUILDING: proxy_info of a snap"
        guard profile.hasProxyInfo else {
            return await report.skip(name, because: "release \(profile.release) has no proxy_info")
        }
        guard profile.buildTypes.contains("snap") else {
            return await report.skip(name, because: "the slave does not build snaps")
        }
        let id = buildID("snap")
        let endpoint: XMLRPCValue = "http://proxy.example/tokens/1"
        try await start(
            id,
            inputs.call(
                id: id, type: "snap", files: [:],
                more: [("name", "stand-in"), ("use_fetch_service", false), ("revocation_endpoint", endpoint)])
        )
        let got = try await client.call("proxy_info")
        let wanted: XMLRPCValue = ["use_fetch_service": false, "revocation_endpoint": endpoint]
        await report.expect(name, got, is: .success(wanted))
    }
}
