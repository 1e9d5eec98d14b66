import Foundation
import Glibc
import TestSupport
import Testing

@Suite("slaves")
struct SlavesTests {
    private let scratch: ScratchDirectory
    private let program: BaikonurProgram

    init() throws {
        scratch = try ScratchDirectory()
        program = BaikonurProgram(in: scratch.path)
    }

    private func write(_ slaves: String) throws {
        try scratch.write(
            "fakes.yaml",
            Array(
                """
                name: fakes
                slaves:
                \(slaves)
                jobs: [{ source: pkg 1.0, architectures: amd64 }]
                expect: [{ jobs: pkg, status: FULLYBUILT }]

                """.utf8))
    }

    @Test(
        "every slave is listed by address, name and URL, and answers there; the JSON file comes when all listen"
    )
    func listing() async throws {
        // A network that no other run of the tests has.
        let network = "127.\(getpid() / 256 % 200 + 20).\(getpid() % 256)"
        try scratch.write(
            "own.yaml",
            Array(
                """
                name: own
                network: \(network).0/24
                slaves:
                  - { name: "lcy-{1..3}", architecture: amd64, address: own }
                  - { name: any-1, architecture: i386 }
                jobs: [{ source: pkg 1.0, architectures: amd64 }]
                expect: [{ jobs: pkg, status: FULLYBUILT }]

                """.utf8))
        // That of an earlier run, which must not be taken for the new one.
        try scratch.write("slaves.json", Array("[]".utf8))
        let (_, end) = try await program.run(["slaves", "own.yaml", "--listing", "slaves.json"]) { running in
            let urls: [String: String] = try await eventually("the listing is there") {
                let urls = try? SlaveListing.read(scratch.path("slaves.json"))
                return urls?.isEmpty == false ? urls : nil
            }
            #expect(urls.keys.sorted() == ["any-1", "lcy-1", "lcy-2", "lcy-3"])
            for url in urls.values.sorted() {
                #expect(try await SlaveCall.info(url).contains("<string>1.0</string>"), "\(url)")
            }
            #expect(urls["any-1"]?.hasPrefix("http://127.0.0.1:") == true)
            let lines = running.output().split(separator: "\n").map {
                $0.split(separator: "\t").map(String.init)
            }
            #expect(lines.count == 4)
            #expect(lines.map { $0[1] } == ["lcy-1", "lcy-2", "lcy-3", "any-1"])
            for line in lines { #expect(line[2] == "# \(urls[line[1]] ?? "")") }
            // Names and addresses tell each other: own addresses differ, and are those of the URLs.
            #expect(Set(lines.map { $0[0] }).count == 4)
            for line in lines.prefix(3) {
                #expect(line[0].hasPrefix("\(network)."))
                #expect(urls[line[1]] == "http://\(line[0]):8221")
            }
            #expect(
                running.error().hasPrefix(
                    "4 slaves listening; reset with: baikonur slave reset NAME --control "))
            running.send(SIGTERM)
        }
        #expect(end.status == 0)
        let events = String(decoding: try scratch.read("out/own-slaves/events.jsonl"), as: UTF8.self)
        #expect(events.isEmpty)
    }

    @Test("the reset command resets a virtual slave, fails as the scenario says, and takes no other token")
    func reset() async throws {
        try write(
            """
              - { name: virtual-1, architecture: amd64, virtual: yes }
              - { name: virtual-2, architecture: amd64, virtual: yes, faults: [{ fault: reset-fails, status: 7 }] }
            """)
        let control = scratch.path("out/fakes-slaves/slaves.control")
        let (_, end) = try await program.run(["slaves", "fakes.yaml"]) { running in
            try await eventually("all slaves listen") { running.error().contains("2 slaves listening") }
            let permissions =
                try FileManager.default.attributesOfItem(atPath: control)[.posixPermissions] as? Int
            #expect(permissions == 0o600)

            let good = try await program.run("slave", "reset", "virtual-1", "--control", control)
            #expect(good.status == 0)
            #expect(good.output.isEmpty)
            let failing = try await program.run("slave", "reset", "virtual-2", "--control", control)
            #expect(failing.status == 7)
            #expect(!failing.error.isEmpty)
            let nobody = try await program.run("slave", "reset", "nobody", "--control", control)
            #expect(nobody.status == 1)
            #expect(nobody.error.contains("nobody"))

            var text = String(decoding: try scratch.read("out/fakes-slaves/slaves.control"), as: UTF8.self)
            let token = try #require(text.firstMatch(of: /[0-9A-Za-z_\-]{20,}/)).output
            text = text.replacing(token, with: String(repeating: "0", count: token.count))
            let forged = try scratch.write("forged.control", Array(text.utf8))
            let stranger = try await program.run("slave", "reset", "virtual-1", "--control", forged)
            #expect(stranger.status != 0)
            #expect(!stranger.error.contains(token))
            let missing = try await program.run("slave", "reset", "virtual-1", "--control", "nowhere")
            #expect(missing.status == 1)
            #expect(missing.error.contains("nowhere"))
            running.send(SIGINT)
        }
        #expect(end.status == 0)
        let events = String(decoding: try scratch.read("out/fakes-slaves/events.jsonl"), as: UTF8.self)
        #expect(
            events.contains(
                #""builder":"virtual-2","rule":"virtual-2/reset-fails","fault":"reset-fails","moment":"reset"#
            ))
        let late = try await program.run("slave", "reset", "virtual-1", "--control", control)
        #expect(late.status == 1)
        #expect(late.error == "Error: no slave host answers at the address in \(control); is it running?\n")
    }
}

/// What `baikonur slaves --listing` writes.
enum SlaveListing {
    private struct Entry: Decodable {
        var name: String
        var url: String
    }

    /// URLs by name.
    static func read(_ path: String) throws -> [String: String] {
        let entries = try JSONDecoder().decode([Entry].self, from: Data(contentsOf: URL(filePath: path)))
        return Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.url) })
    }
}

/// A call to a slave by a client that is not ours.
enum SlaveCall {
    static func info(_ url: String) async throws -> String {
        let curl = Process()
        curl.executableURL = URL(filePath: "/usr/bin/curl")
        curl.arguments = [
            "--silent", "--show-error", "--fail", "--max-time", "60", "--header", "Content-Type: text/xml",
            "--data",
            "<?xml version='1.0'?><methodCall><methodName>info</methodName><params/></methodCall>",
            "\(url)/rpc",
        ]
        let output = Pipe()
        curl.standardOutput = output
        try curl.run()
        let answer = try output.fileHandleForReading.readToEnd() ?? Data()
        try await eventually("curl has ended") { !curl.isRunning }
        #expect(curl.terminationStatus == 0)
        return String(decoding: answer, as: UTF8.self)
    }
}
