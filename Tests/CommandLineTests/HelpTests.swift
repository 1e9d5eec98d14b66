import Foundation
import TestSupport
import Testing

@Suite("Help")
struct HelpTests {
    /// A command as `--experimental-dump-help` describes it.
    private struct Dump: Decodable {
        struct Command: Decodable {
            var commandName: String
            var abstract: String?
            var subcommands: [Command]?
            var arguments: [Argument]?
        }
        struct Argument: Decodable {
            var valueName: String?
            var abstract: String?
        }
        var command: Command
    }

    private static func dump() async throws -> Dump.Command {
        let program = BaikonurProgram(in: Repository.path(""))
        let text = try await program.run("--experimental-dump-help").output
        return try JSONDecoder().decode(Dump.self, from: Data(text.utf8)).command
    }

    /// The words that name each command, below the program itself.
    private static func paths(_ command: Dump.Command) -> [[String]] {
        [[]]
            + (command.subcommands ?? []).filter { $0.commandName != "help" }.flatMap { child in
                paths(child).map { [child.commandName] + $0 }
            }
    }

    @Test("the help of every command is as in golden/help")
    func golden() async throws {
        let paths = Self.paths(try await Self.dump())
        #expect(paths.count > 15)
        let program = BaikonurProgram(in: Repository.path(""), environment: ["COLUMNS": "80"])
        for path in paths {
            let name = path.isEmpty ? "baikonur" : path.joined(separator: "-")
            let (_, end) = try await program.run(path + ["--help"]) { _ in }
            #expect(end.status == 0)
            #expect(end.error.isEmpty)
            #expect(try Repository.page("golden/help/\(name).txt", generated: end.output) == end.output)
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: Repository.path("golden/help"))
        #expect(files.count { $0.hasSuffix(".txt") } == paths.count, "no help text of a command that is gone")
    }

    @Test("every command and every argument says what it is for")
    func complete() async throws {
        func check(_ command: Dump.Command) {
            #expect(command.abstract?.isEmpty == false, "\(command.commandName)")
            for argument in command.arguments ?? [] {
                #expect(
                    argument.abstract?.isEmpty == false, "\(command.commandName) \(argument.valueName ?? "")")
            }
            for child in command.subcommands ?? [] where child.commandName != "help" { check(child) }
        }
        check(try await Self.dump())
    }

    @Test("completion is there for the shells, and knows the commands", arguments: ["bash", "zsh", "fish"])
    func completion(shell: String) async throws {
        let end = try await BaikonurProgram(in: Repository.path("")).run(
            "--generate-completion-script", shell)
        #expect(end.status == 0)
        #expect(end.error.isEmpty)
        for word in ["process-uploads", "librarian-host", "NEEDSBUILD"] { #expect(end.output.contains(word)) }
    }

    @Test("bash takes the completion script")
    func bash() async throws {
        let scratch = try ScratchDirectory()
        let end = try await BaikonurProgram(in: Repository.path("")).run(
            "--generate-completion-script", "bash")
        let script = try scratch.write("completion", Array(end.output.utf8))
        let process = try Process.run(URL(filePath: "/bin/bash"), arguments: ["-n", script])
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test(
        "a wrong word is told together with the right ones",
        arguments: [["runn"], ["run"], ["jobs", "--nosuch"]])
    func wrong(arguments: [String]) async throws {
        let (_, end) = try await BaikonurProgram(in: Repository.path("")).run(arguments) { _ in }
        #expect(end.status == 64)
        #expect(end.output.isEmpty)
        #expect(end.error.hasPrefix("Error: "))
        #expect(end.error.contains("Usage: baikonur"))
    }
}
