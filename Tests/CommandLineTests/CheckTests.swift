import TestSupport
import Testing

@Suite("check")
struct CheckTests {
    private let program = BaikonurProgram(in: Repository.path(""))

    @Test("every scenario of the library is good, and counted in a line")
    func good() async throws {
        let paths = try Repository.scenarios()
        let (_, end) = try await program.run(["check"] + paths) { _ in }
        #expect(end.status == 0)
        #expect(end.error.isEmpty)
        #expect(end.lines.count == paths.count + 1)
        #expect(
            end.lines.contains(
                "mockslaves/faults/delay.yaml: 1 slave, 2 jobs, 1 fault rule, 4 expectations"))
    }

    @Test("a mistake is told by file, line, column, key, what was found and what was expected")
    func bad() async throws {
        let scratch = try ScratchDirectory()
        let path = try scratch.write(
            "bad.yaml",
            Array(
                """
                name: bad
                slaves: [{ name: a, architecture: amd64, dialec: 2 }]
                jobs: [{ source: foo, architectures: amd64 }]

                """.utf8))
        for command in ["check", "run", "slaves", "manager"] {
            let end = try await program.run(command, path)
            #expect(end.status == 65)
            #expect(end.output.isEmpty)
            let lines = end.error.split(separator: "\n")
            #expect(lines.count == 2)
            #expect(
                lines[0].hasPrefix(
                    "\(path):2:42: slaves[0]: found the key `dialec`, expected one of address,"))
            #expect(lines[0].hasSuffix("did you mean `dialect`?"))
            #expect(
                lines[1]
                    == "\(path):3:18: jobs[0].source: found `foo`, expected a name and a version such as hello 1.0-1"
            )
        }
    }

    @Test("good files are counted even when others are bad or missing")
    func mixed() async throws {
        let end = try await program.run("check", "nowhere.yaml", "mockslaves", "mockslaves/faults/delay.yaml")
        #expect(end.status == 65)
        #expect(
            end.lines == ["mockslaves/faults/delay.yaml: 1 slave, 2 jobs, 1 fault rule, 4 expectations", ""])
        #expect(
            end.error == """
                nowhere.yaml:1:1: found no file that can be read, expected a scenario file
                mockslaves:1:1: found a folder, expected a scenario file

                """)
    }
}
