internal import BuilddProtocol
internal import XMLRPC

/// What can be seen of a slave without a build.
extension StateWalk {
    /// Puts the inputs into the cache, then tries every method.
    func idle() async throws {
        for file in inputs.files {
            let reply = try await ensure(file.sum, url: server.url("ok", file.name))
            await report.expect(
                "IDLE: ensurepresent of an input",
                reply.present && ["Download", "Cache"].contains(reply.information),
                expected: "[true, 'Download' or 'Cache']", got: "\(reply)")
        }
        try await probe(.idle)
        try await checkServedFile(inputs.chroot)
        try await checkListing("IDLE: the cache's listing names the inputs", names: inputs.files.map(\.sum))
    }

    func fetches() async throws {
        let absent = Self.absentSum
        let trouble = "Error accessing Librarian: HTTP Error"
        try await expectFetch(
            "a URL there is not", absent, "ok", "nonesuch", (false, "\(trouble) 404: Not Found"))
        try await expectFetch(
            "other contents than promised", absent, "ok", inputs.chroot.name,
            (false, "Digests did not match, removing again!"))
        try await expectFetch("what is there already", inputs.chroot.sum, "ok", "nonesuch", (true, "Cache"))
        for (kind, user, password, what) in [
            ("ok", "", "", "a new file"), ("redirect", "", "", "a redirect"),
            ("auth", FileServer.userName, FileServer.password, "a restricted file with credentials"),
        ] {
            let file = freshFile(kind)
            try await expectFetch(
                what, file.sum, kind, file.name, (true, "Download"), user: user, password: password)
            try await checkServedFile(file)
        }
        let nameless = freshFile("nameless")
        try await expectFetch(
            "a restricted file with a password but no user name", nameless.sum, "auth", nameless.name,
            profile.usesEmptyUserName ? (true, "Download") : (false, "\(trouble) 401: Unauthorized"),
            password: FileServer.password)
        try await expectFetch(
            "a restricted file with a wrong password", absent, "auth", inputs.chroot.name,
            (false, "\(trouble) 401: Unauthorized"), user: FileServer.userName, password: "wrong")
        try await expectFetch(
            "a restricted file without credentials", absent, "auth", inputs.chroot.name,
            (false, "\(trouble) 401: Unauthorized"))
        try await expectFault("ensurepresent of nil", "ensurepresent", [.nil, .nil, "", ""])
    }

    func refusedBuilds() async throws {
        let unknownFile: XMLRPCValue = ["x_1.dsc": .string(Self.absentSum)]
        let got = try await client.call("build", inputs.call(id: "1-1", files: unknownFile))
        await report.expect(
            "IDLE: build with an unknown file", got, is: .success(Self.unknownSum("FILESUM", indent: 16)))
        try await expectFault("build with an empty id", "build", inputs.call(id: ""))
        try await expectFault(
            "build with arguments left out", "build", Array(inputs.call(id: "1-1").prefix(4)))
        try await checkStatus("IDLE: refused builds leave the slave as it was", state: .idle)
    }

    /// The files of this run that no cache can have.
    static func freshFiles(stamp: String) -> [BuildInputs.File] {
        ["ok", "redirect", "auth", "nameless", "during"].map { freshFile($0, stamp: stamp) }
    }

    func freshFile(_ kind: String) -> BuildInputs.File { Self.freshFile(kind, stamp: stamp) }

    private static func freshFile(_ kind: String, stamp: String) -> BuildInputs.File {
        BuildInputs.File(name: "fresh-\(kind)", content: Array("\(kind) \(stamp)\n".utf8))
    }

    func ensure(
        _ sum: String, url: String?, user: String = "", password: String = ""
    ) async throws -> EnsurePresentReply {
        let url: XMLRPCValue = url.map { .string($0) } ?? .nil
        return try EnsurePresentReply(
            decoding: try await client.result(
                "ensurepresent", [.string(sum), url, .string(user), .string(password)]))
    }

    private func expectFetch(
        _ what: String, _ sum: String, _ kind: String, _ name: String,
        _ wanted: (present: Bool, text: String),
        user: String = "", password: String = ""
    ) async throws {
        let got = try await ensure(sum, url: server.url(kind, name), user: user, password: password)
        await report.expect(
            "IDLE: ensurepresent of \(what)", got,
            is: EnsurePresentReply(present: wanted.present, information: wanted.text))
    }

    private func expectFault(_ what: String, _ method: String, _ parameters: [XMLRPCValue]) async throws {
        let got = try await client.call(method, parameters)
        await report.expect("IDLE: \(what)", got, is: .fault(XMLRPCFault(code: 8002, text: "error")))
    }

    /// Checks that a file is served whole, in part and by its head (protocol spec 1).
    func checkServedFile(_ file: BuildInputs.File) async throws {
        let path = "/filecache/\(file.sum)"
        let name = "IDLE: the cached file '\(file.name)'"
        let whole = try await client.get(path)
        await report.expect("\(name), GET", bytes: whole.body, are: file.content)
        if profile.dialect == .today {
            await report.expect(
                "\(name), headers", whole.headers.map(\.name).filter { $0 != "Connection" },
                is: ["Server", "Date", "Accept-Ranges", "Content-Length", "Content-Type", "Last-Modified"])
        }
        await report.expect("\(name), type", whole.header("content-type"), is: "text/html")
        let head = try await client.head(path)
        await report.expect("\(name), HEAD", head.header("content-length"), is: String(file.content.count))
        let part = try await client.get(path, headers: ["Range: bytes=1-4"])
        await report.expect("\(name), range", bytes: part.body, are: Array(file.content[1...4]))
        await report.expect("\(name), status of a range", part.status, is: 206)
    }

    /// Checks which names the listing of the cache shows, and which not.
    func checkListing(_ name: String, names: [String], without gone: [String] = []) async throws {
        let listing = String(decoding: try await client.get("/filecache/").body, as: UTF8.self)
        let missing = names.filter { !listing.contains($0) }
        let left = gone.filter { listing.contains($0) }
        await report.expect(
            name, missing.isEmpty && left.isEmpty,
            expected: "the names \(names)" + (gone.isEmpty ? "" : " but not \(gone)"),
            got: "missing \(missing), still there \(left)")
    }
}
