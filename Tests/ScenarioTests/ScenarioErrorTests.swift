import FarmModel
import Testing

@testable import Scenario

@Suite("What is wrong with a scenario")
struct ScenarioErrorTests {
    private static let farm = """
        name: x
        slaves: [{ name: a-1, architecture: amd64 }]
        jobs: [{ source: hello 1.0, architectures: amd64 }]
        """

    private func problems(_ text: String) -> [String] {
        do {
            _ = try Scenario(reading: text, file: "f.yaml")
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    /// Scenarios with one mistake, and how it is reported. The text of the farm above comes first, in 3 lines,
    /// where the text begins with a plus sign.
    static let mistakes: [(text: String, problem: String)] = [
        ("seed: 1", "1:1: found no `name`, expected a name"),
        ("name:", "1:6: name: found nothing, expected a name"),
        (
            "name: x\nsede: 1",
            "2:1: found the key `sede`, expected one of archives, default-build, expect, faults, format, jobs, limit, manager, name, network, port, seed, series, slaves, until; did you mean `seed`?"
        ),
        (
            "name: x\nseed: -1",
            "2:7: seed: found `-1`, expected a whole number from 0 to 18446744073709551615"
        ),
        (
            "name: x\nlimit: 5",
            "2:8: limit: found `5`, expected a duration of at least 1ms such as 250ms, 5s, 1h30m"
        ),
        (
            "name: x\nlimit: [5s]",
            "2:8: limit: found a list, expected a duration of at least 1ms such as 250ms, 5s, 1h30m"
        ),
        ("name: x\nformat: 2", "2:9: format: found `2`, expected 1, the only format so far"),
        (
            "name: x\nmanager: { policy: curent }",
            "2:20: manager.policy: found `curent`, expected current; did you mean `current`?"
        ),
        (
            "name: x\nmanager: { keep-alive: maybe }",
            "2:24: manager.keep-alive: found `maybe`, expected yes or no"
        ),
        (
            "name: x\nmanager: { scan-interval: 0s }",
            "2:27: manager.scan-interval: found `0s`, expected a duration of at least 1ms such as 250ms, 5s, 1h30m"
        ),
        (
            "name: x\nmanager: { answer-limit: 1 }",
            "2:26: manager.answer-limit: found `1`, expected a number of bytes such as 100, 20 KiB, 4MB, at most 1024 GiB"
        ),
        (
            "name: x\nnetwork: 10.0.0.0/8",
            "2:10: network: found `10.0.0.0/8`, expected a network inside 127.0.0.0/8 such as 127.1.0.0/16"
        ),
        (
            "name: x\narchives: { Big: {} }",
            "2:18: archives.Big: found the name `Big`, expected lower-case letters, digits and -+."
        ),
        (
            "name: x\narchives: { ppa: { depends: primray }, primary: {} }",
            "2:11: archives: found `ppa` depending on `primray`, expected an archive of this scenario; did you mean `primary`?"
        ),
        ("name: x\nslaves: { name: a }", "2:9: slaves: found a mapping, expected a list of slaves"),
        ("name: x\nslaves: [a]", "2:10: slaves[0]: found `a`, expected a slave, as a mapping"),
        (
            "name: x\nslaves: [{ architecture: amd64 }]",
            "2:10: slaves[0]: found no `name`, expected a name such as lcy-amd64-{001..004}"
        ),
        (
            "name: x\nslaves: [{ name: a-1 }]",
            "2:10: slaves[0]: found no `architecture`, expected an architecture such as amd64"
        ),
        (
            "name: x\nslaves: [{ name: a-1, architecture: all }]",
            "2:37: slaves[0].architecture: found `all`, expected an architecture such as amd64"
        ),
        (
            "name: x\nslaves: [{ name: a-1, architecture: [] }]",
            "2:37: slaves[0].architecture: found an empty list, expected an architecture such as amd64"
        ),
        (
            "name: x\nmanager: { attribution: orignal }",
            "2:25: manager.attribution: found `orignal`, expected one of mended, original; did you mean `original`?"
        ),
        (
            "name: x\nslaves: [{ name: A, architecture: amd64 }]",
            "2:18: slaves[0].name: found the name `A`, expected lower-case letters, digits and +.-"
        ),
        (
            "name: x\nslaves: [{ name: a-1, architecture: amd64, dialect: 2011 }]",
            "2:53: slaves[0].dialect: found `2011`, expected one of current, 206, 2010; did you mean `2010`?"
        ),
        (
            "name: x\nslaves: [{ name: a-1, architecture: amd64, address: lan }]",
            "2:53: slaves[0].address: found `lan`, expected own, port, or ADDRESS:PORT such as 127.0.0.1:9001"
        ),
        (
            "name: x\nslaves: [{ name: a-1, architecture: amd64, architectures: i386 }]",
            "2:59: slaves[0].architectures: found `architectures` beside `architecture`, expected one of them; see line 2"
        ),
        (
            "name: x\nslaves: [{ name: a-1, architecture: amd64, reset-protocol: 2.0 }]",
            "2:60: slaves[0].reset-protocol: found a reset of a slave that is not virtual, expected `virtual: yes`"
        ),
        (
            "name: x\nslaves:\n- { name: a-1, architecture: amd64 }\n- { name: \"a-{1..2}\", architecture: amd64 }",
            "4:11: slaves[1].name: found a second slave `a-1`, expected names that differ; the first is in line 3"
        ),
        (
            "name: x\nslaves: [{ name: \"a-{1..2}\", architecture: amd64, address: \"127.0.0.1:99\" }]",
            "2:60: slaves[0].address: found the address of `a-1` for `a-2` too, expected addresses that differ"
        ),
        (
            "name: x\nslaves: [{ name: \"a-{1..900000}\", architecture: amd64 }]",
            "2:18: slaves[0].name: found `a-{1..900000}`, expected at most 100000 names"
        ),
        (
            "name: x\nslaves: [{ name: \"a-{1..\", architecture: amd64 }]",
            "2:18: slaves[0].name: found `a-{1..`, expected a } for each {"
        ),
        (
            "name: x\nnetwork: 127.1.0.0/30\nslaves: [{ name: \"a-{1..3}\", architecture: amd64, address: own }]",
            "3:60: slaves[0].address: found more slaves with their own address, expected at most 2 in the network; give a larger `network`"
        ),
        (
            "name: x\njobs: [{ source: hello, architectures: amd64 }]",
            "2:18: jobs[0].source: found `hello`, expected a name and a version such as hello 1.0-1"
        ),
        (
            "name: x\njobs: [{ source: hello 1_0, architectures: amd64 }]",
            "2:18: jobs[0].source: found `hello 1_0`, expected a name and a version such as hello 1.0-1"
        ),
        (
            "name: x\njobs: [{ source: hello 1 }]",
            "2:8: jobs[0]: found no `architectures`, expected architectures such as [amd64, i386]"
        ),
        (
            "name: x\njobs: [{ source: hello 1, architectures: amd64 }]",
            "2:8: jobs[0]: found `hello_1_amd64`, which needs a virtual amd64 slave, expected a slave that may take it"
        ),
        (
            "+jobs: [{ source: hello 1, architectures: amd64, tags: gpu }]",
            "3:8: jobs[0]: found `hello_1_amd64`, which needs a non-virtual amd64 slave with the tags gpu, expected a slave that may take it"
        ),
        (
            "+jobs: [{ source: hello 1, architectures: amd64 }, { source: hello 9:1, architectures: amd64 }]",
            "3:51: jobs[1]: found a second job `hello_1_amd64`, expected jobs that differ without their epochs; the first is in line 3"
        ),
        (
            "+jobs: [{ source: hello 1, architectures: amd64, archive: ppa }]",
            "3:58: jobs[0].archive: found `ppa`, expected primary"
        ),
        (
            "+jobs: [{ source: hello 1, architectures: amd64, arch-indep: i386 }]",
            "3:61: jobs[0].arch-indep: found `i386`, expected one of amd64, none"
        ),
        (
            "+jobs: [{ source: hello 1, architectures: amd64, build: { duration: 1s, status-calls: 2 } }]",
            "3:86: jobs[0].build.status-calls: found `status-calls` beside `duration`, expected one of them; see line 3"
        ),
        (
            "+jobs: [{ source: hello 1, architectures: amd64, build: { duration: ever } }]",
            "3:68: jobs[0].build.duration: found `ever`, expected a duration such as 2s, or never; did you mean `never`?"
        ),
        (
            "+jobs: [{ source: hello 1, architectures: amd64, build: { outcome: okay } }]",
            "3:67: jobs[0].build.outcome: found `okay`, expected one of ok, packagefail, depfail, chrootfail, builderfail, givenback, aborted, kills-slave"
        ),
        (
            "+jobs: [{ source: hello 1, architectures: amd64, build: { duration: never, log: [{ text: a, every: 1s }] } }]",
            "3:81: jobs[0].build.log[0]: found no `times`, expected a number, for a build that never ends"
        ),
        (
            "+jobs: [{ source: hello 1, architectures: amd64, build: { duration: 1h, log: [{ text: a, every: 1ms }] } }]",
            "3:78: jobs[0].build.log[0]: found 3600001 log entries, expected at most 10000"
        ),
        (
            "+jobs: [{ source: hello 1, architectures: amd64, build: [] }]",
            "3:56: jobs[0].build: found an empty list, expected what each attempt does"
        ),
        (
            "+jobs: [{ source: hello 1, architectures: amd64, results: { generated: 10 } }]",
            "3:71: jobs[0].results.generated: found `10`, expected a number of bytes such as 100, 20 KiB, 4MB, at most 1 GiB"
        ),
        (
            "+faults: [slow]",
            "4:10: faults[0]: found `slow`, expected a fault: one of \(FaultCatalogue.all.map { $0.name }.joined(separator: ", "))"
        ),
        (
            "+faults: [{ fault: delay, tiem: 1s }]",
            "4:26: faults[0]: found the key `tiem`, expected one of architectures, attempts, calls, except, fault, files, jobs, name, regions, slaves, tags, time, virtual, when; did you mean `time`?"
        ),
        (
            "+faults: [{ fault: delay, time: soon }]",
            "4:32: faults[0].time: found `soon`, expected a duration such as 250ms, 5s, 1h30m"
        ),
        (
            "+faults: [{ fault: reset-fails, status: 256 }]",
            "4:40: faults[0].status: found `256`, expected a whole number, 1 to 255"
        ),
        (
            "+faults: [{ fault: delay, calls: stats }]",
            "4:33: faults[0].calls: found `stats`, expected one of echo, info, status, ensurepresent, build, abort, clean, proxy_info; did you mean `status`?"
        ),
        (
            "+faults: [{ fault: wrong-build-id, calls: build }]",
            "4:42: faults[0].calls: found `build`, expected status"
        ),
        (
            "+faults: [{ fault: delay, when: { probability: 2 } }]",
            "4:47: faults[0].when.probability: found `2`, expected a share such as 0.3 or 30%"
        ),
        (
            "+faults: [{ fault: delay, when: { nth: 0 } }]",
            "4:39: faults[0].when.nth: found `0`, expected a number or range from 1 such as 3, 1..3, 2.."
        ),
        (
            "+faults: [{ fault: refuse-connections, when: { nth: 1 } }]",
            "4:47: faults[0].when: found the key `nth`, expected one of after, for"
        ),
        (
            "+faults: [{ fault: delay, slaves: b-* }]",
            "4:10: faults[0]: found a fault that selects no slave, expected at least one slave"
        ),
        (
            "+faults: [{ fault: delay, slaves: a-2 }]",
            "4:10: faults[0]: found a fault that selects no slave, expected at least one slave; did you mean `a-1`?"
        ),
        (
            "+faults: [reset-fails]",
            "4:10: faults[0]: found `reset-fails` on slaves that are not virtual, expected virtual slaves: no other is ever reset"
        ),
        (
            "+faults: [{ fault: delay, jobs: helo }]",
            "4:10: faults[0]: found a fault of builds `helo`, which match no job, expected at least one job; did you mean `hello`?"
        ),
        (
            "+faults: [{ fault: delay, name: d }, { fault: delay, name: d }]",
            "4:37: faults[1]: found a second rule `d`, expected names that differ; the first is in line 4"
        ),
        (
            "+jobs: [{ source: hello 1, architectures: amd64, faults: refuse-connections }]",
            "3:57: jobs[0].faults: found `refuse-connections` as a fault of a job, expected a fault that acts on builds, calls or files; write it at a slave, or in the scenario's `faults`"
        ),
        (
            "+expect: [{ status: FULLYBUILT }]",
            "4:10: expect[0]: found no subject, expected one of jobs, builders, events, faults, run"
        ),
        (
            "+expect: [{ jobs: a, builders: b }]",
            "4:10: expect[0]: found `jobs` beside `builders`, expected one of jobs, builders, events, faults, run"
        ),
        (
            "+expect: [{ jobs: hello }]",
            "4:10: expect[0]: found nothing that must hold, expected at least one of status, attempts, on, binaries, files, log"
        ),
        (
            "+expect: [{ jobs: hello, status: FULLBUILT }]",
            "4:33: expect[0].status: found `FULLBUILT`, expected one of \(BuildStatus.allCases.map(\.name).joined(separator: ", ")); did you mean `FULLYBUILT`?"
        ),
        (
            "+expect: [{ jobs: helo, status: FULLYBUILT }]",
            "4:10: expect[0]: found an expectation that matches nothing: `helo`, expected at least one match; did you mean `hello`?"
        ),
        (
            "+expect: [{ builders: \"*\", except: a-1, enabled: yes }]",
            "4:10: expect[0]: found an expectation that matches nothing: `* except a-1`, expected at least one match"
        ),
        (
            "+expect: [{ faults: delay }]",
            "4:10: expect[0]: found an expectation that matches nothing: `delay`, expected at least one match"
        ),
        (
            "+expect: [{ events: job-rest, count: 1 }]",
            "4:20: expect[0].events: found `job-rest`, expected one of \(FarmEvent.Kind.allCases.map(\.rawValue).joined(separator: ", ")); did you mean `job-reset`?"
        ),
        (
            "+expect: [{ events: job-reset }]",
            "4:10: expect[0]: found no `count`, expected how often, such as 3, at least 2, none"
        ),
        (
            "+expect: [{ run: {} }]",
            "4:17: expect[0].run: found nothing that must hold, expected at least one of ends, within"
        ),
        (
            "+expect: [{ builders: a-1, enabled: yes, failure-count: few }]",
            "4:56: expect[0].failure-count: found `few`, expected a count such as 3, 1..3, 2.., at least 2, at most 3, none"
        ),
        (
            "+expect: [{ builders: \"[\", enabled: yes }]",
            "4:22: expect[0].builders: found `[`, expected a pattern such as lcy-*"
        ),
    ]

    @Test(
        "every mistake is reported with its place, what was found, and what was expected",
        arguments: mistakes.indices)
    func reports(number: Int) {
        let (mistake, expected) = Self.mistakes[number]
        var text = mistake
        if mistake.hasPrefix("+jobs") {
            text =
                Self.farm.split(separator: "\n").dropLast().joined(separator: "\n") + "\n"
                + mistake.dropFirst()
        } else if mistake.hasPrefix("+") {
            text = Self.farm + "\n" + mistake.dropFirst()
        }
        #expect(problems(text) == ["f.yaml:" + expected])
    }

    @Test("all mistakes of a file come in one report, in file order")
    func collects() {
        let text = """
            name: x
            limti: 5s
            manager: { policy: best, scan-intreval: 1s }
            slaves:
              - { name: a-1, architecture: AMD64 }
              - { name: a-2, architecture: amd64, virtual: perhaps }
            expect: [{ builders: a-2, enabled: yes }]
            """
        let found = problems(text)
        #expect(
            found.map { $0.prefix(10) } == [
                "f.yaml:2:1", "f.yaml:3:2", "f.yaml:3:2", "f.yaml:5:3", "f.yaml:6:4",
            ])
    }

    @Test("a flood of mistakes is counted, not listed")
    func floods() {
        let text = "name: x\n" + (0..<80).map { "wrong\($0): 1\n" }.joined()
        #expect {
            try Scenario(reading: text, file: "f.yaml")
        } throws: { error in
            guard let error = error as? ScenarioError else { return false }
            return error.problems.count == 50 && error.unlisted == 30
                && error.description.hasSuffix("\nand 30 more")
        }
    }
}
