import ArgumentParser
import Conformance
import Foundation

extension Baikonur {
    struct Conform: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Hold a slave against the recorded exchanges and the protocol's state table.",
            discussion: """
                The slave must be idle and nobody else may use it meanwhile: it is driven through a whole build and an \
                abort. Works on real slaves and on fakes. Exit status 0 only if no check fails.
                """)

        @Argument(help: "Such as http://127.0.0.1:8221.") var url: String

        @Option(
            name: .long,
            help: "The folder of recordings (default: golden/protocol, looked for from here upwards).",
            completion: .directory)
        var recordings: String?

        @Flag(name: .long, help: "Print checks that pass, too.") var verbose = false

        func run() async throws {
            let conformance = try ConformanceRun(url: url, recordings: try library())
            let summary = try await conformance.run { check in
                if case .passed = check.outcome, !verbose { return }
                say("\(check)\n")
            }
            say("\(summary)\n")
            if !summary.holds { throw ExitCode.failure }
        }

        private func library() throws -> RecordingLibrary? {
            guard let folder = recordings ?? RecordingLibrary.defaultFolder() else {
                complain(
                    "no recordings found from here upwards; only the state table is checked (see --recordings)"
                )
                return nil
            }
            return try RecordingLibrary(folder: folder)
        }
    }
}
