internal import BuilddProtocol
internal import Crypto
internal import XMLRPC

/// Builds from their beginning to `clean`.
extension StateWalk {
    /// A build that ends by itself, and well.
    func wholeBuild() async throws {
        let id = buildID("whole")
        let url = "http://farm.example/+build/\(stamp)"
        try await start(id, inputs.call(id: id, url: url))
        try await checkStatus("BUILDING: status after build", state: .building, buildID: id)
        if try await probe(.building, buildID: id) == .idle {
            // A build that ended just before `clean` was tried.
            return await report.skip("WAITING: every method", because: "the build ended too soon")
        }
        try await checkNotedFetch()
        try await followLog("BUILDING", fits: LogRules.isTail)

        let status = try await wait(for: [.waiting], limit: limits.build)
        try await checkStatus("WAITING: status of a good build", state: .waiting, buildID: id, result: .ok)
        try await probe(.waiting, buildID: id, result: .ok)
        await report.expect(
            "WAITING: the dependencies of a good build are empty", status.dependencies, is: "")
        if profile.dialect == .today {
            let log = try await client.get("/filecache/buildlog").body
            await report.expect(
                "WAITING: the build log begins with the build's URL",
                log.starts(with: Array("\(url)\n".utf8)),
                expected: url, got: Excerpt.escaped(log.prefix(80)))
        }
        try await collect(status.filemap)
        try await clean("WAITING", results: status.filemap.map(\.sum))
    }

    /// A build that is aborted in its main step.
    func abortedBuild() async throws {
        let id = buildID("aborted")
        try await start(id, inputs.call(id: id))
        try await reachMainStep()
        let got = try await client.call("abort")
        var state = try await status().state
        guard state == .aborting || got != .fault(XMLRPCFault(code: 8002, text: "error")) else {
            return await report.skip("BUILDING: abort", because: "the build ended too soon")
        }
        await report.expect("BUILDING: abort", got, is: .success(.string(BuilderState.aborting.wireText)))
        if state == .aborting {
            state = try await probe(.aborting, buildID: id)
        } else {
            await report.skip(
                "ABORTING: every method", because: "the slave left ABORTING before it could be seen")
        }
        if state == .idle {
            return await report.skip("WAITING/ABORTED: every method", because: "the abort ended too soon")
        }
        let end: BuilderState = profile.dialect == .release2010 ? .aborted : .waiting
        try await wait(for: [end], limit: limits.abort)
        try await checkStatus(
            "\(end.rawValue): status of an aborted build", state: end, buildID: id, result: .aborted)
        try await probe(end, buildID: id, result: .aborted)
        try await clean(end.rawValue, results: [])
    }

    /// `clean`, and what must be gone and what not.
    private func clean(_ state: String, results: [String]) async throws {
        let got = try await client.call("clean")
        await report.expect("\(state): clean", got, is: .success(.string(BuilderState.idle.wireText)))
        try await checkStatus("\(state): status after clean", state: .idle)
        for path in ["buildlog"] + results {
            let status = try await client.get("/filecache/\(path)").status
            await report.expect("IDLE: \(path) is gone after clean", status, is: 404)
        }
        try await checkListing(
            "IDLE: the listing after clean has the inputs only", names: inputs.files.map(\.sum),
            without: results)
        for file in inputs.files {
            let reply = try await ensure(file.sum, url: nil)
            await report.expect(
                "IDLE: \(file.name) stays after clean", reply,
                is: EnsurePresentReply(present: true, information: "No URL"))
        }
    }

    /// A fetch during a build is noted in its log (protocol spec 10).
    private func checkNotedFetch() async throws {
        let file = freshFile("during")
        let url = server.url("ok", file.name)
        let reply = try await ensure(file.sum, url: url)
        let log = try await client.get("/filecache/buildlog").body
        let name = "BUILDING: a fetch is noted in the log"
        guard try await status().state == .building else {
            return await report.skip(name, because: "the build ended too soon")
        }
        let text = "Fetching \(file.sum) by url \(url)"
        await report.expect(
            name, reply.present && String(decoding: log, as: UTF8.self).contains("\(text)Download"),
            expected: "\(text)Download", got: "\(reply), log ending in '\(Excerpt.escaped(log.suffix(200)))'")
    }

    /// Fetches every result and holds it against its sum and against the `.changes` file (protocol spec 9).
    private func collect(_ filemap: [SlaveStatus.FilemapEntry]) async throws {
        var contents: [String: [UInt8]] = [:]
        for entry in filemap {
            let answer = try await client.get("/filecache/\(entry.sum)")
            let digest = BuildInputs.File(name: entry.name, content: answer.body).sum
            await report.expect("WAITING: the digest of \(entry.name)", digest, is: entry.sum)
            contents[entry.name] = answer.body
        }
        let names = filemap.map(\.name)
        await report.expect(
            "WAITING: the .changes file is named after source and architecture",
            names.contains(inputs.changesName), expected: inputs.changesName, got: "\(names)")
        let listed = Self.listedFiles(contents[inputs.changesName] ?? [])
        await report.expect(
            "WAITING: the results are the .changes file and what it lists", Set(names),
            is: Set(listed + [inputs.changesName]))
        try await checkListing(
            "WAITING: the listing names the results", names: filemap.map(\.sum) + ["buildlog"])
    }

    /// The names in the field `Files` of a `.changes` file.
    static func listedFiles(_ changes: [UInt8]) -> [String] {
        var names: [String] = []
        var isInside = false
        for line in String(decoding: changes, as: UTF8.self).split(separator: "\n") {
            if !line.hasPrefix(" ") {
                isInside = line.hasPrefix("Files:")
            } else if isInside, let name = line.split(separator: " ").last {
                names.append(String(name))
            }
        }
        return names
    }
}
