import BuildManager
import FarmModel
import Subprocess

/// The configured command that resets a virtual builder (manager spec 4.4).
struct ResetTrigger: Sendable {
    let command: String

    /// Runs the command without a shell, with the builder's host and name filled in.
    ///
    /// - Parameter limit: after which the command is killed.
    /// - Throws: `EdgeFailure` with the command's output when it fails, is killed or cannot be run.
    func reset(_ builder: BuilderVitals, limit: Duration) async throws {
        let words = Self.words(of: command).map { (word: String) -> String in
            word.replacing("{vm_host}", with: builder.vmHost ?? "")
                .replacing("{buildd_name}", with: Self.slaveName(builder))
        }
        guard let executable = words.first else { throw EdgeFailure("no reset command is configured") }
        do {
            let result = try await withTimeLimit(limit) {
                try await run(
                    executable.contains("/") ? .path(.init(executable)) : .name(executable),
                    arguments: .init(Array(words.dropFirst())), output: .string(limit: 4096),
                    error: .string(limit: 4096))
            }
            guard result.terminationStatus.isSuccess else {
                let output = [result.standardOutput, result.standardError].compactMap { $0 }.joined(separator: " ")
                throw EdgeFailure("the reset command ended with \(result.terminationStatus): \(output.prefix(500))")
            }
        } catch is TimeLimitExceeded {
            throw EdgeFailure("the reset command did not end within \(limit) and was killed")
        } catch let failure as EdgeFailure {
            throw failure
        } catch {
            throw EdgeFailure("the reset command cannot be run: \(error)")
        }
    }

    /// Splits a command at blanks, except at those between double quotes.
    static func words(of command: String) -> [String] {
        var words: [String] = []
        var word: String?
        var isQuoted = false
        for character in command {
            switch character {
            case "\"":
                isQuoted.toggle()
                word = word ?? ""
            case " " where !isQuoted:
                if let ended = word { words.append(ended) }
                word = nil
            default: word = (word ?? "") + String(character)
            }
        }
        if let ended = word { words.append(ended) }
        return words
    }

    /// The first label of the host in the builder's URL.
    static func slaveName(_ builder: BuilderVitals) -> String {
        let afterScheme = builder.url.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first ?? ""
        let host = afterScheme.split(separator: ":").first ?? ""
        return String(host.split(separator: ".").first ?? host)
    }
}
