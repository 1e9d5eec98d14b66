import FarmModel
import Foundation
import TestSupport
import Testing

@testable import Scenario

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("Verdict")
struct VerdictTests {
    private func builder(
        _ name: String, isEnabled: Bool = true, failures: Int = 0, notes: String? = nil, dispatches: Int = 1
    ) throws -> FarmOutcome.Builder {
        FarmOutcome.Builder(
            name: try #require(BuilderName(name)), isEnabled: isEnabled, failureCount: failures, notes: notes,
            dispatches: dispatches, resets: 2)
    }

    private func outcome() throws -> FarmOutcome {
        FarmOutcome(
            ending: .allFinal, duration: .milliseconds(12_345),
            builders: [
                try builder("lcy-001"),
                try builder("lcy-002", isEnabled: false, failures: 5, notes: "no answer", dispatches: 0),
            ],
            jobs: [
                FarmOutcome.Job(
                    source: "hello", name: "hello_1.0_amd64", status: .fullyBuilt,
                    builders: [try #require(BuilderName("lcy-001"))],
                    binaries: ["hello_1.0_amd64.deb", "hello-doc_1.0_all.deb"], logTail: "all done\n"),
                FarmOutcome.Job(
                    source: "poison", name: "poison_1.0_amd64", status: .failedToBuild,
                    builders: [try #require(BuilderName("lcy-001")), try #require(BuilderName("lcy-002"))]),
            ], eventCounts: [.jobReset: 2], timesFired: ["hung": 3, "never": 0])
    }

    /// The verdict on one expectation, as `GRADE  what was seen`.
    private func verdict(_ expectation: String) throws -> String {
        let scenario = try Scenario(
            reading: """
                name: x
                slaves: [{ name: "lcy-{001..002}", architecture: amd64 }]
                jobs: [{ source: "{hello,poison} 1.0", architectures: amd64 }]
                faults: [{ fault: delay, name: hung }, { fault: delay, name: never }]
                expect: [\(expectation)]
                """, file: "f.yaml")
        let line = try #require(RunVerdict(scenario, try outcome()).lines.first)
        let seen = try #require(line.sentence.range(of: "; seen: "))
        return "\(line.grade.rawValue)  \(line.sentence[seen.upperBound...])"
    }

    @Test(
        "each demand is judged, with what was seen",
        arguments: [
            (
                "{ jobs: hello, status: FULLYBUILT, attempts: 1, on: lcy-*, binaries: 2 }",
                "PASS  so for 1 of 1"
            ),
            ("{ jobs: hello, files: [\"*_all.deb\", \"hello_*\"], log: done }", "PASS  so for 1 of 1"),
            (
                "{ jobs: \"*\", status: FULLYBUILT }",
                "FAIL  not so for 1 of 2: poison_1.0_amd64: FAILEDTOBUILD"
            ),
            (
                "{ jobs: poison, status: [FULLYBUILT, CHROOTWAIT], attempts: 1, on: lcy-001, binaries: 1.. }",
                "FAIL  not so for 1 of 1: poison_1.0_amd64: FAILEDTOBUILD, 2 attempts, ran on lcy-002, 0 binaries"
            ),
            (
                "{ jobs: hello, files: \"*_i386.deb\", log: failed }",
                "FAIL  not so for 1 of 1: hello_1.0_amd64: no file *_i386.deb, not in its log"
            ),
            (
                "{ builders: lcy-002, enabled: no, failure-count: 5, notes: answer, dispatches: none }",
                "PASS  so for 1 of 1"
            ),
            (
                "{ builders: \"*\", enabled: yes }",
                "FAIL  not so for 1 of 2: lcy-002: disabled (no answer)"
            ),
            (
                "{ builders: lcy-001, enabled: no, failure-count: 1, notes: gone, dispatches: 2.., resets: none }",
                "FAIL  not so for 1 of 1: lcy-001: enabled, failure count 0, notes empty, 1 dispatches, 2 resets"
            ),
            ("{ events: job-reset, count: 1..2 }", "PASS  2"),
            ("{ events: job-lost, count: none }", "PASS  0"),
            ("{ events: job-reset, count: none }", "FAIL  2"),
            ("{ faults: hung }", "PASS  hung 3 times"),
            ("{ faults: hung, fired: at most 2 }", "FAIL  hung 3 times"),
            ("{ faults: \"*\" }", "INCONCLUSIVE  hung 3 times, never 0 times"),
            ("{ run: { ends: all-final, within: 12345ms } }", "PASS  ended by all-final after 12.3 s"),
            ("{ run: { ends: limit } }", "FAIL  ended by all-final after 12.3 s"),
            ("{ run: { within: 12s } }", "FAIL  ended by all-final after 12.3 s"),
        ])
    func judges(expectation: String, expected: String) throws {
        #expect(try verdict(expectation) == expected)
    }

    @Test("many offenders are counted, not all named")
    func offenders() throws {
        let jobs = (1...8).map {
            FarmOutcome.Job(source: "j\($0)", name: "j\($0)_1_amd64", status: .building)
        }
        let demand = FarmExpectation.Demand.jobs(
            JobDemand(jobs: JobGlobs(GlobSet([try #require(Glob("*"))])), statuses: [.fullyBuilt]))
        let outcome = FarmOutcome(ending: .limit, duration: .zero, builders: [], jobs: jobs)
        let finding = demand.judge(outcome, rules: [])
        #expect(finding.grade == .fail)
        #expect(finding.seen.hasPrefix("not so for 8 of 8: j1_1_amd64: BUILDING; "))
        #expect(finding.seen.hasSuffix("; and 3 more"))
    }

    @Test("a failure outweighs an open question, and that outweighs success")
    func grades() throws {
        let pass = FarmExpectation(demand: .run(RunDemand(ending: .limit)))
        let fail = FarmExpectation(demand: .run(RunDemand(ending: .allFinal)))
        let open = FarmExpectation(demand: .faults(FaultDemand(rules: GlobSet([try #require(Glob("*"))]))))
        let outcome = FarmOutcome(ending: .limit, duration: .zero, builders: [], jobs: [])
        func grade(_ expectations: [FarmExpectation]) -> RunVerdict.Grade {
            RunVerdict(Scenario(name: "x", expectations: expectations), outcome).grade
        }
        #expect(grade([]) == .pass)
        #expect(grade([pass, pass]) == .pass)
        #expect(grade([pass, open]) == .inconclusive)
        #expect(grade([open, fail, pass]) == .fail)
    }

    @Test("nothing to judge is a failure, not a success")
    func vacuous() throws {
        let demand = FarmExpectation.Demand.jobs(
            JobDemand(jobs: JobGlobs(GlobSet([try #require(Glob("*"))])), statuses: [.fullyBuilt]))
        let outcome = FarmOutcome(ending: .limit, duration: .zero, builders: [], jobs: [])
        #expect(demand.judge(outcome, rules: []).grade == .fail)
    }

    @Test("the text has a line for each expectation and one in all")
    func text() throws {
        let scenario = Scenario(
            name: "first light",
            expectations: [
                FarmExpectation(title: "it ends", demand: .run(RunDemand(ending: .allFinal))),
                FarmExpectation(demand: .events(EventDemand(kind: .jobLost, count: CountRange(1, nil)))),
            ])
        #expect(
            RunVerdict(scenario, try outcome()).text == """
                PASS  it ends; seen: ended by all-final after 12.3 s
                FAIL  events job-lost: at least 1; seen: 0
                FAIL  first light: 1 of 2 expectations hold

                """)
    }

    @Test("the JUnit report has a case for each expectation, whatever is in their names")
    func junit() throws {
        let ugly = "a <b> & \"c\" 'd'\n\u{1}\u{FFFE}é"
        let scenario = Scenario(
            name: ugly,
            expectations: [
                FarmExpectation(title: ugly, demand: .run(RunDemand(ending: .limit))),
                FarmExpectation(title: "holds", demand: .run(RunDemand(ending: .allFinal))),
                FarmExpectation(
                    title: "open", demand: .faults(FaultDemand(rules: GlobSet([try #require(Glob("*"))])))),
            ])
        let report = JUnitReport(RunVerdict(scenario, try outcome()), duration: .milliseconds(12_045)).text
        let name = "a &lt;b&gt; &amp; &quot;c&quot; &apos;d&apos;&#10;\u{FFFD}\u{FFFD}é"
        #expect(
            report == """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuites>
                  <testsuite name="\(name)" tests="3" failures="1" errors="0" skipped="1" time="12.045">
                    <testcase classname="\(name)" name="\(name)" time="0">
                      <failure message="\(name); seen: ended by all-final after 12.3 s"/>
                    </testcase>
                    <testcase classname="\(name)" name="holds" time="0"/>
                    <testcase classname="\(name)" name="open" time="0">
                      <skipped message="open; seen: no such rule"/>
                    </testcase>
                  </testsuite>
                </testsuites>

                """)
        #expect(XMLParser(data: Data(report.utf8)).parse())
    }
}

@Suite("Event log")
struct FarmEventTests {
    @Test("an event is a line of JSON with its members in a fixed order")
    func line() throws {
        let event = FarmEvent(
            .scanFailed, at: Instant(nanoseconds: 1_767_225_600_123_456_789), builder: BuilderName("lcy-001"),
            job: "hello_1.0_amd64",
            fields: [.jobFailures: 1, .builderFailures: 2, .reason: "line\n\"two\" \\ \u{1} \u{2028} é"])
        #expect(
            event.jsonLine
                == #"{"time":"2026-01-01T00:00:00.123456Z","kind":"scan-failed","builder":"lcy-001","#
                + #""job":"hello_1.0_amd64","reason":"line\n\"two\" \\ \u0001 \u2028 é","builder-failures":2,"#
                + #""job-failures":1}"#)
    }

    @Test("what is not known is left out")
    func short() {
        let event = FarmEvent(.runEnded, at: .epoch, fields: [.ending: "limit", .verdict: .flag(false)])
        #expect(
            event.jsonLine
                == #"{"time":"1970-01-01T00:00:00.000000Z","kind":"run-ended","ending":"limit","verdict":false}"#
        )
    }

    @Test("every line is JSON for other readers too")
    func otherReaders() throws {
        var generator = SeededGenerator(seed: 3).split("json")
        for kind in FarmEvent.Kind.allCases {
            var text = ""
            for _ in 0..<40 {
                guard let scalar = Unicode.Scalar(UInt32.random(in: 0..<0x3000, using: &generator)) else {
                    continue
                }
                text.unicodeScalars.append(scalar)
            }
            let line = FarmEvent(kind, at: .epoch, fields: [.reason: .text(text), .score: -5]).jsonLine
            #expect(!line.contains("\n"))
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(object?["reason"] as? String == text, "seed 3, \(kind)")
            #expect(object?["score"] as? Int == -5)
        }
    }

    @Test(
        "times are dates of the Gregorian calendar",
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (951_782_400, "2000-02-29T00:00:00.000000Z"),
            (-1, "1969-12-31T23:59:59.000000Z"), (4_107_542_399, "2100-02-28T23:59:59.000000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000000Z"), (-2_208_988_800, "1900-01-01T00:00:00.000000Z"),
        ] as [(Int64, String)])
    func timestamps(seconds: Int64, text: String) {
        #expect(Instant(seconds: seconds).timestamp == text)
    }

    @Test("the page in docs is the one that the event kinds generate")
    func page() throws {
        let generated = FarmEvent.markdown()
        #expect(try Repository.page("docs/events.md", generated: generated) == generated)
    }
}
