import BuilddProtocol
import FarmModel
import XMLRPC

/// A fetch under way.
struct RunningFetch: Sendable {
    var id: FetchID
    /// The call that waits for it.
    var call: CallID
    var sum: String
}

/// The method `ensurepresent` (protocol spec 11).
extension MockSlave {
    /// Whether a fetch keeps the slave from answering anything else.
    var isBlocked: Bool { !fetches.isEmpty && has(.fetchBlocks) }

    /// The response, or nil when the file has to be fetched first.
    mutating func ensurePresent(_ parameters: [XMLRPCValue], _ call: CallID) -> XMLRPCResponse? {
        if configuration.mockStyle { return .success(ManagersMock.ensurePresentAnswer) }
        guard let sum = parameters[0].stringValue else { return .slaveError }
        let isPresent = isPresent(sum)
        let url = parameters[1]
        if url.isNil { return reply(isPresent, "No URL") }
        if isPresent { return reply(true, "Cache") }
        guard let user = textOrNil(parameters[2]), let password = textOrNil(parameters[3]) else {
            return .slaveError
        }
        noteFetch("Fetching \(sum) by url \(StepCommand.text(url))")
        if let detail = SourceURL.refusal(of: url, isOld: isOld) {
            return failedFetch(sum, detail)
        }
        let sendsAtOnce = configuration.dialect == .current
        let usesCredentials = !user.isEmpty || (sendsAtOnce && !password.isEmpty)
        let fetch = RunningFetch(id: FetchID(nextNumber()), call: call, sum: sum)
        fetches.append(fetch)
        outbox.append(
            .fetch(
                fetch.id,
                FetchRequest(
                    sum: sum, url: StepCommand.text(url), user: usesCredentials ? user : nil,
                    password: usesCredentials ? password : nil, sendsCredentialsAtOnce: sendsAtOnce)))
        return nil
    }

    mutating func finishFetch(_ id: FetchID, _ outcome: FetchOutcome) {
        guard let index = fetches.firstIndex(where: { $0.id == id }) else { return }
        let fetch = fetches.remove(at: index)
        let response = response(to: fetch.sum, outcome)
        outbox.append(.answer(fetch.call, .response(finished(response))))
    }

    private mutating func response(to sum: String, _ outcome: FetchOutcome) -> XMLRPCResponse {
        switch outcome {
        case .stored(let size):
            // What is no digest in lower case never matches one.
            guard let digest = SHA1Digest(sum) else { return response(to: sum, .digestMismatch) }
            cache.add(CachedFile(sum: digest, size: size, modified: clock))
            note(.fileFetched(name: sum, size: size))
            noteFetch("Download")
            return reply(true, "Download")
        case .digestMismatch:
            let text = "Digests did not match, removing again!"
            note(.fileNotFetched(name: sum))
            noteFetch(text)
            return reply(false, text)
        case .failed(let detail):
            return failedFetch(sum, detail)
        case .broken:
            note(.fileNotFetched(name: sum))
            leavePart(of: sum)
            return .slaveError
        }
    }

    private mutating func failedFetch(_ sum: String, _ detail: String) -> XMLRPCResponse {
        let text = "Error accessing Librarian: \(detail)"
        note(.fileNotFetched(name: sum))
        noteFetch(text)
        return reply(false, text)
    }

    /// A fetch that is broken off leaves what it has: today under another name, in 2010 under the final one.
    mutating func leavePart(of sum: String) {
        guard has(.brokenFetchLeavesPart), SHA1Digest(sum) != nil else { return }
        cache.add(CachedFile(name: isOld ? sum : sum + ".tmp", bytes: [], modified: clock))
    }

    /// Writes into the log of the build, if there is one.
    private mutating func noteFetch(_ text: String) {
        guard build != nil else { return }
        writeLog(has(.notesLackNewline) ? text : text + "\n")
    }

    private func reply(_ present: Bool, _ information: String) -> XMLRPCResponse {
        .success(EnsurePresentReply(present: present, information: information).encoded)
    }

    /// The text of a string, the empty text of nil, nil of anything else.
    private func textOrNil(_ value: XMLRPCValue) -> String? { value.isNil ? "" : value.stringValue }

    // What is there.

    /// Whether a file of this name is in the cache, or is taken to be.
    func isPresent(_ sum: String) -> Bool {
        guard has(.sumsArePaths) else { return SHA1Digest(sum) != nil && cache[sum] != nil }
        if log[sum] != nil || cache[sum] != nil { return true }
        let directory = configuration.cacheDirectory
        let path = Self.normalised(sum.hasPrefix("/") ? sum : directory + "/" + sum)
        if path == directory || (directory + "/").hasPrefix(path == "/" ? path : path + "/") { return true }
        if path.hasPrefix(directory + "/") {
            let name = String(path.dropFirst(directory.count + 1))
            return log[name] != nil || cache[name] != nil
        }
        return configuration.outsideFiles.contains(path)
    }

    /// A path without empty parts, `.` and `..`.
    private static func normalised(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }
}

/// Which URLs a slave does not even try (protocol spec 11).
enum SourceURL {
    /// The text after `Error accessing Librarian: `; nil for a URL worth a try.
    static func refusal(of url: XMLRPCValue, isOld: Bool) -> String? {
        guard let text = url.stringValue else {
            return "'\(PythonText.className(of: url))' object has no attribute 'timeout'"
        }
        guard let colon = text.firstIndex(of: ":"), colon > text.startIndex,
            !text[..<colon].contains("/")
        else {
            return "unknown url type: \(isOld ? text : PythonText.representation(text))"
        }
        let scheme = text[..<colon].lowercased()
        let known = ["http", "https", "ftp", "file"] + (isOld ? [] : ["data"])
        return known.contains(scheme) ? nil : "<urlopen error unknown url type: \(scheme)>"
    }
}
