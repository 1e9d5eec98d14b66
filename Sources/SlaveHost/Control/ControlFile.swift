import Glibc

/// The file that lets the reset command find a running host: its address, and the token that proves that the
/// caller may read the file.
struct ControlFile: Hashable, Sendable {
    var url: String
    /// 64 hexadecimal digits; a secret.
    var token: String

    /// A token that nobody can guess.
    static func makeToken() -> String {
        var random = SystemRandomNumberGenerator()
        return (0..<4).map { _ in
            let digits = String(random.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// Writes the file, readable for its owner only, in one go.
    ///
    /// - Throws: `SlaveHostError`.
    func write(to path: String) throws(SlaveHostError) {
        let temporary = "\(path).\(getpid())"
        unlink(temporary)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Self.failure("write", path) }
        let text = "url \(url)\ntoken \(token)\n"
        let written = text.utf8.withContiguousStorageIfAvailable {
            Glibc.write(file, $0.baseAddress, $0.count)
        }
        close(file)
        guard written == text.utf8.count, rename(temporary, path) == 0 else {
            let failure = Self.failure("write", path)
            unlink(temporary)
            throw failure
        }
    }

    /// - Throws: `SlaveHostError` when the file cannot be read or is no control file.
    init(path: String) throws(SlaveHostError) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Self.failure("read", path) }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(file, &bytes, bytes.count)
        guard count >= 0 else { throw Self.failure("read", path) }
        var members: [Substring: Substring] = [:]
        for line in String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1)
            if words.count == 2 { members[words[0]] = words[1] }
        }
        guard let url = members["url"], let token = members["token"] else {
            throw SlaveHostError(
                .badControlFile, "\(path) is no control file of a slave host; it has no url or no token")
        }
        self.init(url: String(url), token: String(token))
    }

    init(url: String, token: String) {
        self.url = url
        self.token = token
    }

    private static func failure(_ action: String, _ path: String) -> SlaveHostError {
        SlaveHostError(
            .badControlFile,
            "cannot \(action) the control file \(path): \(String(cString: strerror(errno))); is the host running?"
        )
    }
}
