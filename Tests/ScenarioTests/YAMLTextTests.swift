import FarmModel
import TestSupport
import Testing

@testable import Scenario

@Suite("YAML that is refused")
struct YAMLTextTests {
    private func problem(_ text: String, limits: ScenarioLimits = ScenarioLimits()) -> String {
        do {
            _ = try Scenario(reading: text, file: "f.yaml", limits: limits)
            return "none"
        } catch {
            return "\(error)"
        }
    }

    @Test("an empty file is no scenario")
    func empty() {
        #expect(problem("") == "f.yaml:1:1: found an empty file, expected a scenario")
        #expect(problem("# only a comment\n") == "f.yaml:1:1: found an empty file, expected a scenario")
    }

    @Test("what is no mapping is no scenario")
    func otherRoots() {
        #expect(problem("- a\n- b\n") == "f.yaml:1:1: found a list, expected a scenario, as a mapping")
        #expect(problem("hello") == "f.yaml:1:1: found `hello`, expected a scenario, as a mapping")
    }

    @Test("a syntax error has its place")
    func syntax() {
        let text = problem("name: x\nslaves: [a, b\nlimit: 3s\n")
        #expect(text.hasPrefix("f.yaml:3:"))
        #expect(text.contains("expected YAML"))
    }

    @Test("a second document is refused")
    func documents() {
        #expect(problem("name: x\n---\nname: y\n").hasPrefix("f.yaml:2:1: found but found another document"))
    }

    @Test("a key that comes twice is refused with both places")
    func duplicates() {
        let text = "name: x\nlimit: 3s\nmanager:\n  policy: none\nlimit: 4s\n"
        #expect(
            problem(text)
                == "f.yaml:2:1: found the key `limit` more than once, expected each key once; it comes again in line 5"
        )
        #expect(
            problem("name: x\n1: a\n\"1\": b\n").contains("found the key `1` again, expected each key once"))
    }

    @Test("a pattern that begins with a star without quotes gets a hint")
    func bareStar() {
        let text = problem("name: x\nfaults:\n  - { fault: delay, slaves: *-amd64 }\n")
        #expect(text.hasPrefix("f.yaml:3:"))
        #expect(text.hasSuffix("a text that begins with * or & needs quotes, such as \"*-amd64\""))
    }

    @Test("a file that is too large is refused before it is parsed")
    func size() {
        var limits = ScenarioLimits()
        limits.fileSize = ByteCount(100)
        let text = problem(String(repeating: "[", count: 101), limits: limits)
        #expect(text == "f.yaml:1:1: found 101 bytes, expected a file of at most 100 B")
    }

    @Test("deep nesting is refused", arguments: ["[", "{a: ", "- ", "? "])
    func depth(opening: String) {
        let text = problem("name: x\nslaves: \n  " + String(repeating: opening, count: 20_000))
        #expect(text.hasPrefix("f.yaml:"))
        #expect(!text.contains("none"))
    }

    @Test("a bomb of aliases is refused when its values are counted")
    func bomb() {
        var text = "name: x\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...20 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        // Unknown keys are never walked through; a bomb where values are read is.
        #expect(problem(text).contains("found the key `a20`"))
        let faults = problem(text + "faults: *a20\n")
        #expect(faults.contains("f.yaml:2:"))
    }

    @Test("aliases count as often as they are used")
    func aliasBudget() {
        var limits = ScenarioLimits()
        limits.nodes = 1000
        var text = "name: x\nslaves:\n  - &s { name: \"a-{1..2}\", architecture: &l ["
        text += Array(repeating: "amd64", count: 100).joined(separator: ", ") + "] }\n"
        for number in 0..<20 { text += "  - { name: b-\(number), architecture: *l }\n" }
        #expect(
            problem(text, limits: limits).contains(
                "found too many values, aliases counted as often as they are used, expected at most 1000"))
        #expect(!problem(text).contains("too many"))
    }

    @Test(
        "keys made of aliases or collections are refused before anything is hashed",
        arguments: [
            "? *a\n: x\n", "*a : x\n", "{[*a]: x}\n", "b: {*a : x}\n", "b: [? *a]\n", "{ ?*a : x}\n",
            "? [*a]\n",
        ])
    func complexKeys(text: String) {
        #expect(
            problem("a: &a [x]\n" + text)
                == "f.yaml:2:1: found an alias, a list or a mapping as a key, expected plain keys")
    }

    @Test("a bomb of keys takes no time")
    func keyBomb() {
        var text = "a0: &a0 [x, x]\n"
        for level in 1...60 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        #expect(problem(text + "? *a60\n: x\n").contains("as a key, expected plain keys"))
        #expect(problem(text + "{ *a60: x }\n").contains("f.yaml:"))
    }

    @Test("patterns and question marks in values are no keys")
    func innocentStars() {
        let text = """
            name: "what * is & this ?"
            slaves:
              - &one { name: a-1, architecture: amd64 }
              - { <<: *one, name: a-2 }
            faults:
              - { fault: delay, slaves: "a-?", when: { nth: 1 } }
              - { fault: delay, slaves: ["*-1", "*-2"] }
            """
        #expect(problem(text) == "none")
    }

    @Test("text that was changed at random gives a scenario or an error, never more")
    func fuzz() throws {
        let seeds = try Repository.scenarios().map { try Repository.text($0) }
        let seed: UInt64 = 2010
        var generator = SeededGenerator(seed: seed).split("yaml fuzz")
        let pieces = [
            "&a ", "*a", "[", "]", "{", "}", ": ", "- ", "\n", "  ", "\"", "'", "|\n", "? ", "<<: ", "#", "é",
            "\u{0}",
        ]
        var refused = 0
        for round in 0..<1500 {
            var bytes = Array(seeds[Int.random(in: 0..<seeds.count, using: &generator)].unicodeScalars)
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let place = Int.random(in: 0...bytes.count, using: &generator)
                let piece = pieces[Int.random(in: 0..<pieces.count, using: &generator)].unicodeScalars
                let end = min(bytes.count, place + Int.random(in: 0...12, using: &generator))
                bytes.replaceSubrange(place..<end, with: piece)
            }
            var text = ""
            text.unicodeScalars.append(contentsOf: bytes)
            do {
                _ = try Scenario(reading: text, file: "f.yaml")
            } catch {
                refused += 1
                #expect(!error.problems.isEmpty, "seed \(seed), round \(round)")
                #expect(
                    error.problems.allSatisfy { $0.line >= 1 && $0.column >= 1 },
                    "seed \(seed), round \(round)")
            }
        }
        #expect(refused > 500, "seed \(seed)")
    }
}
