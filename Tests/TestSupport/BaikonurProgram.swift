import Foundation
import Glibc
import Subprocess

/// The command line program as it was built together with the tests.
package struct BaikonurProgram: Sendable {
    /// Beside the program that runs the tests.
    package static let path: String = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(filePath: tests).deletingLastPathComponent().appending(path: "baikonur")
            .path(percentEncoded: false)
    }()

    /// How the program ended and what it said.
    package struct End: Sendable {
        /// As a shell tells it: 128 and the signal's number when a signal ended the program.
        package var status: Int
        package var output: String
        package var error: String

        /// The lines of the output.
        package var lines: [String] {
            output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        }
    }

    /// The program while it runs.
    package struct Running: Sendable {
        package let process: Int32
        fileprivate let scratch: ScratchDirectory

        /// What it has said so far.
        package func output() -> String { Self.text(scratch.path("output")) }
        package func error() -> String { Self.text(scratch.path("error")) }

        package func send(_ signal: Int32) { kill(process, signal) }

        /// The processes it started, with their arguments.
        package func children() -> [(process: Int32, arguments: [String])] {
            ProcessTable.children(of: process)
        }

        fileprivate static func text(_ path: String) -> String {
            String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
        }
    }

    /// The working directory.
    private let directory: String
    private let environment: [String: String]

    package init(in directory: String, environment: [String: String] = [:]) {
        self.directory = directory
        self.environment = environment
    }

    /// Runs the program to its end.
    package func run(_ arguments: String...) async throws -> End {
        try await run(arguments) { _ in }.1
    }

    /// Runs the program and something beside it. The program has ended when this returns: by itself, unless the body
    /// throws.
    package func run<Result: Sendable>(
        _ arguments: [String], while body: (Running) async throws -> Result
    ) async throws -> (Result, End) {
        let scratch = try ScratchDirectory()
        let output = try Self.open(scratch.path("output"))
        let error = try Self.open(scratch.path("error"))
        defer {
            close(output)
            close(error)
        }
        let overrides = Dictionary(
            uniqueKeysWithValues: environment.map {
                (Environment.Key(stringLiteral: $0.key), Optional($0.value))
            })
        let result = try await Subprocess.run(
            .path(.init(Self.path)), arguments: .init(arguments),
            environment: .inherit.updating(overrides), workingDirectory: .init(directory),
            input: .none,
            output: .fileDescriptor(.init(rawValue: output), closeAfterSpawningProcess: false),
            error: .fileDescriptor(.init(rawValue: error), closeAfterSpawningProcess: false)
        ) { execution in
            let running = Running(process: execution.processIdentifier.value, scratch: scratch)
            do {
                return try await body(running)
            } catch {
                running.send(SIGKILL)
                throw error
            }
        }
        let status =
            switch result.terminationStatus {
            case .exited(let code): Int(code)
            case .signaled(let signal): 128 + Int(signal)
            }
        return (
            result.closureResult,
            End(
                status: status, output: Running.text(scratch.path("output")),
                error: Running.text(scratch.path("error")))
        )
    }

    private static func open(_ path: String) throws -> Int32 {
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        return descriptor
    }
}
