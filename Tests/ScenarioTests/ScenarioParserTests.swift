import FarmModel
import Testing

@testable import Scenario

/// Folders that exist only in a test.
struct FakeFolders: ScenarioFolders {
    var contents: [String: [String]] = [:]
    func path(of name: String) -> String { "/farm/" + name }
    func listing(of path: String) -> FolderListing { contents[path].map { .files($0) } ?? .missing }
}

@Suite("Reading a scenario")
struct ScenarioParserTests {
    private func read(_ text: String) throws -> Scenario { try Scenario(reading: text, file: "f.yaml") }

    private func slave(_ text: String) throws -> SlaveSpec {
        try #require(try read("name: x\nslaves:\n  - \(text)\n").slaves.first)
    }

    private func job(_ text: String, slaves: String = "{ name: a-1, architecture: amd64 }") throws -> JobSpec
    {
        try #require(try read("name: x\nslaves: [\(slaves)]\njobs:\n  - \(text)\n").jobs.first)
    }

    private func rule(_ text: String) throws -> FaultRule {
        let farm = "name: x\nslaves: [{ name: a-1, architecture: amd64, virtual: yes }]\n"
        return try #require(try read(farm + "faults:\n  - \(text)\n").rules.first)
    }

    private func demand(_ text: String) throws -> FarmExpectation.Demand {
        let farm = """
            name: x
            slaves: [{ name: a-1, architecture: amd64 }]
            jobs: [{ source: hello 1, architectures: amd64 }]
            faults: [delay]
            expect: [\(text)]
            """
        return try #require(try read(farm).expectations.first).demand
    }

    @Test("a name alone is a scenario with every default")
    func defaults() throws {
        let scenario = try read("name: first")
        #expect(scenario.name == "first")
        #expect(scenario.seed == 0)
        #expect(scenario.limit == .seconds(600))
        #expect(scenario.until == .jobs)
        #expect(scenario.manager == ManagerSettings())
        #expect(scenario.port == 8221)
        #expect(scenario.archives == [ArchiveSpec(name: "primary")])
        #expect(scenario.slaves.isEmpty && scenario.jobs.isEmpty && scenario.rules.isEmpty)
        #expect(scenario.unknownBuild == BuildScript())
    }

    @Test("the defaults of the manager's thresholds and times are the constants of the original")
    func managerDefaults() {
        let manager = ManagerSettings()
        #expect(manager.scanInterval == .seconds(15) && manager.refreshInterval == nil)
        #expect(manager.rpcTimeout == .seconds(40) && manager.rpcTimeoutVirtual == .seconds(30))
        #expect(manager.fetchTimeoutFactor == 20 && manager.cancelTimeout == .seconds(180))
        #expect(manager.scanGrace == 5 && manager.tieThreshold == 3 && manager.disableThreshold == 5)
        #expect(manager.candidates == 10 && manager.downloads.attempts == 3)
        #expect(manager.attribution == AttributionSettings() && !manager.keepAlive)
    }

    @Test("every setting of the manager is read")
    func managerSettings() throws {
        let manager = try read(
            """
            name: x
            manager:
              policy: current
              scan-interval: 1s
              refresh-interval: 2s
              log-tail-interval: 3s
              scan-grace: 1
              tie-threshold: 2
              disable-threshold: 4
              candidates: 6
              rpc-timeout: 7s
              rpc-timeout-virtual: 8s
              fetch-timeout-factor: 9
              reset-timeout: 10s
              cancel-timeout: 11s
              cleaning-timeout: 12s
              stop-timeout: 13s
              keep-alive: yes
              spread-scans: no
              answer-limit: 1 MiB
              minimum-scores: { all: 5, amd64: -7 }
              downloads:
                { concurrency: 14, attempts: 15, gap-timeout: 16s, size-limit: 17 MB, transfer-timeout: 19s, file-limit: 20 }
              uploads: { interval: 18s }
            """
        ).manager
        #expect(manager.policy == .current)
        #expect(manager.scanInterval == .seconds(1) && manager.refreshInterval == .seconds(2))
        #expect(manager.logTailInterval == .seconds(3))
        #expect(manager.scanGrace == 1 && manager.tieThreshold == 2 && manager.disableThreshold == 4)
        #expect(manager.candidates == 6)
        #expect(manager.rpcTimeout == .seconds(7) && manager.rpcTimeoutVirtual == .seconds(8))
        #expect(manager.fetchTimeoutFactor == 9 && manager.resetTimeout == .seconds(10))
        #expect(manager.cancelTimeout == .seconds(11) && manager.cleaningTimeout == .seconds(12))
        #expect(manager.stopTimeout == .seconds(13))
        #expect(manager.keepAlive && !manager.spreadScans)
        #expect(manager.answerLimit == ByteCount(1 << 20))
        #expect(manager.downloads.concurrency == 14 && manager.downloads.attempts == 15)
        #expect(manager.downloads.gapTimeout == .seconds(16))
        #expect(manager.downloads.sizeLimit == ByteCount(17_000_000))
        #expect(manager.downloads.transferTimeout == .seconds(19) && manager.downloads.fileLimit == 20)
        #expect(manager.minimumScore == 5 && manager.minimumScores == ["amd64": -7])
        #expect(manager.uploads.interval == .seconds(18))
    }

    @Test("the deviations from the original can be chosen one by one")
    func attribution() throws {
        func settings(_ text: String) throws -> AttributionSettings {
            try read("name: x\nmanager: { attribution: \(text) }").manager.attribution
        }
        #expect(try settings("mended") == AttributionSettings())
        #expect(try settings("original") == .original)
        let off =
            "{ counts-lost-jobs: no, checks-build-reply: no, clears-on-outcome: no, refunds-strikes: no, "
        #expect(try settings(off + "tie-limit: none, limits-cleaning: no }") == .original)
        #expect(try settings("{ tie-limit: 4 }").tieLimit == 4)
    }

    @Test("one RPC limit stands for virtual builders too, unless they have their own")
    func rpcTimeouts() throws {
        #expect(try read("name: x\nmanager: { rpc-timeout: 2s }").manager.rpcTimeoutVirtual == .seconds(2))
        #expect(try read("name: x\nmanager: { rpc-timeout-virtual: 2s }").manager.rpcTimeout == .seconds(40))
    }

    @Test("archives are read with their purposes")
    func archives() throws {
        let archives = try read(
            """
            name: x
            archives:
              primary:
              tools: { owner: bob, private: yes, virtual: yes, score-bonus: -5, depends: primary }
              copy: { purpose: copy, distribution: debian }
            """
        ).archives
        #expect(archives.map(\.name) == ["primary", "tools", "copy"])
        #expect(archives.map(\.purpose) == [.primary, .ppa, .copy])
        #expect(archives[1].isPrivate && archives[1].requiresVirtual && archives[1].scoreBonus == -5)
        #expect(archives[1].dependencies == ["primary"] && archives[1].owner == "bob")
        #expect(archives[2].distribution == "debian")
    }

    @Test("a slave has the defaults of an ordinary builder")
    func slaveDefaults() throws {
        let slave = try slave("{ name: a-1, architecture: amd64 }")
        #expect(slave == SlaveSpec(name: try #require(BuilderName("a-1")), architectures: ["amd64"]))
        #expect(slave.address == .anyPort && slave.dialect == .current && !slave.isVirtual && slave.isEnabled)
    }

    @Test("every key of a slave is read")
    func slaveKeys() throws {
        let slave = try slave(
            """
            name: a-1
                architectures: [amd64, i386]
                dialect: "206"
                version: "206"
                virtual: yes
                reset-protocol: "2.0"
                reset-duration: 2s
                address: 127.0.0.1:9001
                strict: yes
                manual: yes
                enabled: no
                tags: { open: [gpu], restricted: secure }
            """)
        #expect(slave.architectures == ["amd64", "i386"] && slave.dialect == .release206)
        #expect(slave.version == "206" && slave.isVirtual && slave.resetProtocol == .asynchronous)
        #expect(slave.resetDuration == .seconds(2) && slave.address == .given(host: "127.0.0.1", port: 9001))
        #expect(slave.isStrict && slave.isManual && !slave.isEnabled)
        #expect(slave.openTags == ["gpu"] && slave.restrictedTags == ["secure"])
        #expect(slave.traits.tags == ["gpu", "secure"])
    }

    @Test("ranges of slaves expand, each with an address of its own")
    func slaveRanges() throws {
        let scenario = try read(
            """
            name: x
            network: 127.5.0.0/24
            slaves:
              - { name: "lcy-{001..003}", architecture: amd64, address: own }
              - { name: bos-1, architecture: amd64, address: own }
            """)
        #expect(scenario.slaves.map(\.name.rawValue) == ["lcy-001", "lcy-002", "lcy-003", "bos-1"])
        #expect(
            scenario.slaves.map(\.address) == (1...4).map { .own(host: "127.5.0.\($0)") })
    }

    @Test("merged mappings give what a mapping leaves out")
    func merging() throws {
        let scenario = try read(
            """
            name: x
            slaves:
              - &base { name: a-1, architecture: amd64, dialect: "2010" }
              - { <<: *base, name: a-2 }
              - { <<: [{ strict: yes }, *base], name: a-3, dialect: current }
            """)
        #expect(scenario.slaves.map(\.dialect) == [.release2010, .release2010, .current])
        #expect(scenario.slaves.map(\.isStrict) == [false, false, true])
    }

    @Test("a job has the defaults of a small package")
    func jobDefaults() throws {
        let job = try job("{ source: hello 1:1.0-1, architectures: amd64 }")
        #expect(
            job
                == JobSpec(
                    source: "hello", version: "1:1.0-1", architecture: "amd64", buildsIndependent: true))
        #expect(job.name == "hello_1.0-1_amd64" && job.suite == "noble")
    }

    @Test("every key of a job is read")
    func jobKeys() throws {
        let job = try job(
            """
            source: hello 1.0
                architecture: amd64
                archive: primary
                series: lucid
                pocket: updates
                component: universe
                section: translations
                urgency: emergency
                arch-indep: none
                tags: gpu
                score: 77
                arrives: 1s
                cancelled: 2s
                source-size: 5 KiB
                results: { generated: 20 KiB }
                build: { status-calls: 3, outcome: { depfail: "libfoo-dev (>= 2.0)" }, log: hi }
            """, slaves: "{ name: a-1, architecture: amd64, tags: { open: gpu } }")
        #expect(job.suite == "lucid-updates" && job.component == "universe" && job.section == "translations")
        #expect(job.urgency == .emergency && !job.buildsIndependent && job.tags == ["gpu"] && job.score == 77)
        #expect(job.arrives == .seconds(1) && job.cancelled == .seconds(2))
        #expect(job.sourceSize == ByteCount(5120))
        #expect(
            job.attempts == [
                BuildScript(
                    progress: .statusCalls(3), outcome: .depFail(dependencies: "libfoo-dev (>= 2.0)"),
                    log: [.init(at: .zero, bytes: Array("hi\n".utf8))], results: .generated(bytes: 20_480))
            ])
    }

    @Test("a job expands over names and architectures, and one of these builds the packages for all")
    func jobExpansion() throws {
        let scenario = try read(
            """
            name: x
            slaves: [{ name: a-1, architecture: [amd64, i386] }]
            jobs:
              - { source: "load-{1..2} 1.0", architectures: [amd64, i386], arch-indep: i386 }
            """)
        #expect(
            scenario.jobs.map(\.name) == [
                "load-1_1.0_amd64", "load-1_1.0_i386", "load-2_1.0_amd64", "load-2_1.0_i386",
            ])
        #expect(scenario.jobs.map(\.buildsIndependent) == [false, true, false, true])
    }

    @Test("jobs are virtual when they, their archive, or their architecture say so")
    func virtualJobs() throws {
        let scenario = try read(
            """
            name: x
            archives: { primary: {}, ppa: { virtual: yes } }
            slaves:
              - { name: real-1, architecture: amd64 }
              - { name: "virt-{1..2}", architecture: [amd64, arm64], virtual: yes }
            jobs:
              - { source: a1 1, architectures: [amd64, arm64] }
              - { source: b1 1, architectures: amd64, archive: ppa }
              - { source: c1 1, architectures: amd64, virtual: yes }
              - { source: d1 1, architectures: amd64, virtual: no }
            """)
        #expect(scenario.jobs.map(\.isVirtual) == [false, true, true, true, false])
    }

    @Test("a list of builds is one script for each attempt, over the default build")
    func attempts() throws {
        let scenario = try read(
            """
            name: x
            default-build: { duration: 5s }
            slaves: [{ name: a-1, architecture: amd64 }]
            jobs:
              - source: hello 1.0
                architectures: amd64
                results: none
                build: [{ outcome: builderfail }, { duration: never }]
            """)
        let attempts = scenario.jobs[0].attempts
        #expect(attempts.map(\.outcome) == [.builderFail, .ok])
        #expect(attempts.map(\.progress) == [.time(.seconds(5)), .never])
        #expect(attempts.map(\.results) == [.none, .none])
        #expect(scenario.unknownBuild.progress == .time(.seconds(5)))
    }

    @Test(
        "every outcome is read",
        arguments: [
            ("ok", .ok), ("packagefail", .packageFail), ("chrootfail", .chrootFail),
            ("builderfail", .builderFail),
            ("givenback", .givenBack), ("aborted", .aborted), ("kills-slave", .killsSlave),
            ("depfail", .depFail(dependencies: "libmissing-dev")),
        ] as [(String, BuildScript.Outcome)])
    func outcomes(text: String, outcome: BuildScript.Outcome) throws {
        let job = try job("{ source: hello 1, architectures: amd64, build: { outcome: \(text) } }")
        #expect(job.attempts[0].outcome == outcome)
    }

    @Test("log entries come in order, repeated until the build ends")
    func logs() throws {
        let job = try job(
            """
            source: hello 1
                architectures: amd64
                build:
                  duration: 1s
                  log: [{ at: 900ms, text: last }, { every: 400ms, text: tick }, { at: 1ms, every: 1ms, times: 2, text: "a\\n" }]
            """)
        let lines = job.attempts[0].log.map {
            "\($0.offset.wholeNanoseconds / 1_000_000) \(String(decoding: $0.bytes, as: UTF8.self))"
        }
        #expect(lines == ["0 tick\n", "1 a\n", "2 a\n", "400 tick\n", "800 tick\n", "900 last\n"])
    }

    @Test("a folder of results is found from the scenario file, and looked into")
    func folders() throws {
        let text = """
            name: x
            slaves: [{ name: a-1, architecture: [amd64, i386] }]
            jobs: [{ source: hello 1, architectures: [amd64, i386], results: golden/hello }]
            """
        let right = FakeFolders(contents: [
            "/farm/golden/hello": ["h_1_amd64.changes", "h_1_i386.changes", "h.deb"]
        ])
        let scenario = try Scenario(reading: text, file: "f.yaml", folders: right)
        #expect(scenario.jobs.allSatisfy { $0.attempts[0].results == .folder(path: "/farm/golden/hello") })

        #expect {
            try Scenario(reading: text, file: "f.yaml", folders: FakeFolders())
        } throws: { error in
            "\(error)"
                == "f.yaml:3:66: jobs[0].results: found `golden/hello`, where there is no folder, "
                + "expected a folder; looked for /farm/golden/hello"
        }
        let wrong = FakeFolders(contents: ["/farm/golden/hello": ["h_1_amd64.changes", "i_1_amd64.changes"]])
        #expect {
            try Scenario(reading: text, file: "f.yaml", folders: wrong)
        } throws: { error in
            "\(error)".contains("found 2 files `*_amd64.changes`")
                && "\(error)".contains("found 0 files `*_i386.changes`")
        }
    }

    @Test("a fault can be a word")
    func faultWord() throws {
        let rule = try rule("reset-in-body")
        #expect(rule.name == "reset-in-body" && rule.fault is ResetInBodyFault)
        #expect(rule.selector == FaultSelector() && rule.schedule == FaultSchedule())
    }

    @Test("every key of a fault rule is read")
    func faultKeys() throws {
        let rule = try rule(
            """
            fault: delay
                name: slow
                time: 3s
                slaves: ["a-*", "b-*"]
                except: a-9
                architectures: amd64
                regions: a
                tags: []
                virtual: yes
                calls: [status, build]
                files: "*.deb"
                attempts: 1..2
                when: { after: 1s, for: 2s, nth: 2.., every: 3, probability: 25%, times: 4 }
            """)
        #expect(rule.name == "slow")
        #expect(rule.selector.slaves?.description == "a-*, b-* except a-9")
        #expect(rule.selector.architectures == ["amd64"] && rule.selector.regions?.description == "a")
        #expect(rule.selector.tags == [] && rule.selector.isVirtual == true)
        #expect(rule.selector.calls == ["status", "build"] && rule.selector.files?.description == "*.deb")
        #expect(rule.selector.attempts == CountRange(1, 2))
        #expect(
            rule.schedule
                == FaultSchedule(
                    after: .seconds(1), lasting: .seconds(2), nth: CountRange(2, nil), every: 3,
                    probability: 0.25,
                    times: 4))
    }

    @Test("rules are in file order whatever they stand at, and named after it")
    func ruleOrder() throws {
        let scenario = try read(
            """
            name: x
            faults: [delay, { fault: delay, slaves: b-1 }, { fault: never-answer, name: "b-1/delay" }]
            slaves:
              - { name: "a-{1..2}", architecture: amd64, faults: [never-answer] }
              - { name: b-1, architecture: amd64, faults: [delay] }
            jobs:
              - { source: hello 1, architectures: amd64, faults: [builderfail, { fault: delay, calls: build }] }
            """)
        #expect(
            scenario.rules.map(\.name) == [
                "delay", "delay#2", "b-1/delay", "a-*/never-answer", "b-1/delay#2", "hello 1/builderfail",
                "hello 1/delay",
            ])
        #expect(scenario.rules[3].selector.slaves?.description == "a-1, a-2")
        #expect(scenario.rules[5].selector.jobs?.description == "hello_1_amd64")
    }

    @Test("every kind of expectation is read")
    func expectations() throws {
        func globs(_ pattern: String) throws -> GlobSet { GlobSet([try #require(Glob(pattern))]) }
        #expect(
            try demand(
                "{ jobs: hello, status: [FULLYBUILT, FAILEDTOUPLOAD], attempts: 1..2, on: a-*, binaries: 3, files: \"*.deb\", log: ok }"
            )
                == .jobs(
                    JobDemand(
                        jobs: JobGlobs(try globs("hello")), statuses: [.fullyBuilt, .failedToUpload],
                        attempts: CountRange(1, 2), builders: try globs("a-*"), binaries: CountRange(3, 3),
                        files: [try #require(Glob("*.deb"))], log: "ok")))
        #expect(
            try demand(
                "{ builders: \"*\", enabled: no, failure-count: 5, notes: gone, dispatches: none, resets: 1.. }"
            )
                == .builders(
                    BuilderDemand(
                        builders: try globs("*"), isEnabled: false, failureCount: CountRange(5, 5),
                        notes: "gone",
                        dispatches: CountRange(0, 0), resets: CountRange(1, nil))))
        #expect(
            try demand("{ events: job-reset, count: at most 3 }")
                == .events(EventDemand(kind: .jobReset, count: CountRange(0, 3))))
        #expect(try demand("{ faults: delay }") == .faults(FaultDemand(rules: try globs("delay"))))
        #expect(
            try demand("{ run: { ends: all-final, within: 5s } }")
                == .run(RunDemand(ending: .allFinal, within: .seconds(5))))
    }

    @Test("an expectation without a name is called by what it demands")
    func titles() throws {
        let scenario = try read(
            """
            name: x
            slaves: [{ name: a-1, architecture: amd64 }, { name: a-2, architecture: amd64 }]
            expect:
              - { builders: "*", except: a-2, enabled: yes, failure-count: at most 2 }
              - { name: all is well, builders: a-2, enabled: no }
            """)
        #expect(
            scenario.expectations.map(\.title) == [
                "builders * except a-2: enabled, failure count at most 2", "all is well",
            ])
        #expect(scenario.expectations.map(\.line) == [4, 5])
    }

    @Test("ten thousand slaves and jobs are read")
    func large() throws {
        let scenario = try read(
            """
            name: x
            slaves: [{ name: "a-{00001..10000}", architecture: amd64, address: own, faults: [delay] }]
            jobs: [{ source: "load-{00001..10000} 1.0", architectures: amd64 }]
            """)
        #expect(scenario.slaves.count == 10_000 && scenario.jobs.count == 10_000)
        #expect(scenario.slaves.last?.address == .own(host: "127.1.39.16"))
    }
}
