import BuildManager
import FarmModel
import Subprocess

/// The configured command that resets a virtual builder (manager spec 4.4).
struct ResetTrigger: Sendable {
    let command: String

    /// The most bytes kept of what the command says.
    private static let outputLimit = 4096

    /// Runs the command without a shell, with the builder's host and name filled in.
    ///
    /// The command has a session of its own, so that it and all that it started can be killed.
    ///
    /// - Parameter limit: after which the command is killed.
    /// - Throws: `EdgeFailure` with the command's output when it fails, is killed or cannot be run.
    func reset(_ builder: BuilderVitals, limit: Duration) async throws {
        let words = Self.words(of: command).map { (word: String) -> String in
            word.replacing("{vm_host}", with: builder.vmHost ?? "")
                .replacing("{buildd_name}", with: Self.slaveName(builder))
        }
        guard let executable = words.first else { throw EdgeFailure("no reset command is configured") }
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)
        ]
        let platformOptions = options
        do {
            let (status, output) = try await withTimeLimit(limit) {
                let result = try await run(
                    executable.contains("/") ? .path(.init(executable)) : .name(executable),
                    arguments: .init(Array(words.dropFirst())), platformOptions: platformOptions,
                    input: .none,
                    output: .sequence, error: .combinedWithOutput
                ) { execution in
                    // All is read, so that a talkative command does not get stuck, and little is kept.
                    var said: [UInt8] = []
                    for try await piece in execution.standardOutput where said.count < Self.outputLimit {
                        piece.withUnsafeBytes { said += $0.prefix(Self.outputLimit - said.count) }
                    }
                    return said
                }
                return (result.terminationStatus, result.closureResult)
            }
            guard status.isSuccess else {
                let said = ForeignText.shown(String(decoding: output, as: UTF8.self), limit: 500)
                throw EdgeFailure("the reset command ended with \(status): \(said)")
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
        let afterScheme =
            builder.url.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first ?? ""
        let host = afterScheme.split(separator: ":").first ?? ""
        return String(host.split(separator: ".").first ?? host)
    }
}
