import BuilddProtocol
import FarmModel
import MockSlave
import Testing
import XMLRPC

/// The call `ensurepresent` (protocol spec 11).
@Suite("The call ensurepresent")
struct EnsurePresentTests {
    static let absent = String(repeating: "a", count: 40)
    static let url = "http://librarian.example/1/x"

    static func call(
        _ sum: XMLRPCValue = .string(absent), url: XMLRPCValue = .string(url), user: XMLRPCValue = "",
        password: XMLRPCValue = ""
    ) -> XMLRPCCall {
        XMLRPCCall(.ensurePresent, [sum, url, user, password])
    }

    static func answer(_ present: Bool, _ text: String) -> XMLRPCResponse {
        .success([.boolean(present), .string(text)])
    }

    /// Starts a fetch and gives what was asked for.
    private func fetch(
        _ driver: inout Driver, _ call: XMLRPCCall = call()
    ) throws -> (call: CallID, fetch: FetchID, request: FetchRequest) {
        let before = driver.wishes.count
        let (id, answers) = driver.ask { .call($0, call, effects: []) }
        #expect(answers.isEmpty)
        for case .fetch(let fetch, let request) in driver.wishes[before...] { return (id, fetch, request) }
        throw BuilddProtocolError("nothing is fetched")
    }

    private func finish(_ driver: inout Driver, _ fetch: FetchID, _ outcome: FetchOutcome) -> [CallID:
        SlaveAnswer]
    {
        var answers: [CallID: SlaveAnswer] = [:]
        for case .answer(let id, let answer) in driver.handle(.fetched(fetch, outcome)) {
            answers[id] = answer
        }
        return answers
    }

    static let outcomes: [(FetchOutcome, XMLRPCResponse, Bool)] = [
        (.stored(size: 7), answer(true, "Download"), true),
        (.digestMismatch, answer(false, "Digests did not match, removing again!"), false),
        (
            .failed(detail: "HTTP Error 404: Not Found"),
            answer(false, "Error accessing Librarian: HTTP Error 404: Not Found"), false
        ),
        (.broken, .error, false),
    ]

    @Test("a fetch ends as its source does", arguments: outcomes, SlaveDialect.allCases)
    func fetchEnds(_ expected: (FetchOutcome, XMLRPCResponse, Bool), _ dialect: SlaveDialect) throws {
        var driver = try Driver(dialect)
        let running = try fetch(&driver)
        #expect(running.request.sum == Self.absent && running.request.url == Self.url)
        let answers = finish(&driver, running.fetch, expected.0)
        #expect(answers == [running.call: .response(expected.1)])
        let leavesPart = expected.0 == .broken
        #expect(
            (driver.file(Self.absent) != nil)
                == (expected.2 || (leavesPart && dialect == .release2010)))
        #expect((driver.file(Self.absent + ".tmp") != nil) == (leavesPart && dialect != .release2010))
    }

    @Test("a file that is there is not fetched again")
    func cached() throws {
        var driver = try Driver()
        #expect(driver.call(Self.call(.string(Driver.sum))) == Self.answer(true, "Cache"))
        #expect(driver.call(Self.call(url: .nil)) == Self.answer(false, "No URL"))
        let running = try fetch(&driver)
        _ = finish(&driver, running.fetch, .stored(size: 3))
        #expect(driver.call(Self.call()) == Self.answer(true, "Cache"))
        #expect(driver.file(Self.absent)?.size == 3)
    }

    struct Credentials: Sendable {
        var dialect: SlaveDialect
        var user: XMLRPCValue
        var password: XMLRPCValue
        var sent: Bool
    }

    static let credentials: [Credentials] = [
        Credentials(dialect: .current, user: "", password: "", sent: false),
        Credentials(dialect: .current, user: .nil, password: .nil, sent: false),
        Credentials(dialect: .current, user: "", password: "m", sent: true),
        Credentials(dialect: .current, user: "u", password: "", sent: true),
        Credentials(dialect: .release206, user: "", password: "m", sent: false),
        Credentials(dialect: .release206, user: "u", password: "p", sent: true),
        Credentials(dialect: .release2010, user: "", password: "m", sent: false),
        Credentials(dialect: .release2010, user: "u", password: .nil, sent: true),
    ]

    @Test("credentials are used and sent as the dialect does", arguments: credentials)
    func usesCredentials(_ given: Credentials) throws {
        var driver = try Driver(given.dialect)
        let request = try fetch(
            &driver, Self.call(user: given.user, password: given.password)
        ).request
        #expect((request.user != nil) == given.sent)
        #expect(request.password == (given.sent ? given.password.stringValue ?? "" : nil))
        #expect(request.sendsCredentialsAtOnce == (given.dialect == .current))
    }

    @Test("some URLs are not even tried", arguments: SlaveDialect.allCases)
    func refusedURLs(_ dialect: SlaveDialect) throws {
        var driver = try Driver(dialect)
        let isOld = dialect == .release2010
        let texts: [(XMLRPCValue, String)] = [
            ("", isOld ? "unknown url type: " : "unknown url type: ''"),
            ("it's", isOld ? "unknown url type: it's" : "unknown url type: \"it's\""),
            ("/etc:x", isOld ? "unknown url type: /etc:x" : "unknown url type: '/etc:x'"),
            ("Gopher9://x/y", "<urlopen error unknown url type: gopher9>"),
            (5, "'int' object has no attribute 'timeout'"),
            (["x"], "'list' object has no attribute 'timeout'"),
        ]
        for (url, text) in texts {
            #expect(
                driver.call(Self.call(url: url)) == Self.answer(false, "Error accessing Librarian: \(text)"))
        }
        for scheme in ["http", "HTTPS", "ftp", "file", "data"] where scheme != "data" || !isOld {
            driver.handle(.reset)
            #expect(driver.call(Self.call(url: .string("\(scheme):x"))) == nil)
        }
    }

    @Test("sums that are no text are faults", arguments: [XMLRPCValue.nil, 5, ["x"]])
    func badSums(_ sum: XMLRPCValue) throws {
        var driver = try Driver()
        #expect(driver.call(Self.call(sum, url: .nil)) == .error)
    }

    @Test("credentials that are no text are faults")
    func badCredentials() throws {
        var driver = try Driver()
        #expect(driver.call(Self.call(user: 5)) == .error)
    }

    @Test(
        "sums are paths",
        arguments: [
            ("", true), (".", true), ("..", true), ("../..", true), ("/", true), ("../secret.conf", true),
            ("/etc/passwd", true), ("/etc/shadow", false), ("../other", false), ("x/../\(Driver.sum)", true),
            ("//home/buildd/filecache-default/\(Driver.sum)", true), ("buildlog", false),
            ("not a sum", false),
        ])
    func paths(_ sum: String, _ isThere: Bool) throws {
        var driver = try Driver { $0.outsideFiles = ["/etc/passwd", "/home/buildd/secret.conf"] }
        #expect(driver.call(Self.call(.string(sum), url: .nil)) == Self.answer(isThere, "No URL"))
    }

    @Test("the log of a build is present, and so is one left by a restart")
    func logIsPresent() throws {
        var driver = try Driver()
        try driver.build(Driver.never)
        driver.handle(.restart)
        #expect(driver.call(Self.call("buildlog", url: .nil)) == Self.answer(true, "No URL"))
    }

    @Test("what is no digest in lower case never matches")
    func upperCase() throws {
        var driver = try Driver()
        let running = try fetch(&driver, Self.call(.string(Self.absent.uppercased())))
        let answers = finish(&driver, running.fetch, .stored(size: 1))
        #expect(
            answers[running.call]
                == .response(Self.answer(false, "Digests did not match, removing again!")))
        #expect(driver.listing().count == 2)
    }

    @Test("a fetch during a build is noted in its log")
    func notes() throws {
        var driver = try Driver()
        try driver.build(Driver.never)
        let running = try fetch(&driver)
        _ = finish(&driver, running.fetch, .stored(size: 1))
        #expect(driver.log()?.hasSuffix("Fetching \(Self.absent) by url \(Self.url)Download") == true)
    }

    // Blocking.

    @Test("until a fetch ends nothing else is answered, then all in order")
    func blocks() throws {
        var driver = try Driver()
        let running = try fetch(&driver)
        var asked: [CallID] = [running.call]
        for request: (CallID) -> SlaveEvent in [
            { .call($0, .status, effects: []) }, { .readFile($0, name: Driver.sum) }, { .listCache($0) },
            { .call($0, Driver.buildCall(), effects: []) }, { .call($0, .abort, effects: []) },
        ] {
            let (id, answers) = driver.ask(request)
            #expect(answers.isEmpty)
            asked.append(id)
        }
        driver.pass(.seconds(4))
        #expect(driver.slave.state == .idle)
        var answered: [CallID] = []
        for case .answer(let id, _) in driver.handle(.fetched(running.fetch, .stored(size: 1))) {
            answered.append(id)
        }
        #expect(answered == asked)
        #expect(driver.slave.state == .waiting || driver.slave.state == .aborting)
    }

    @Test("a fetch among the waiting calls makes the rest wait again")
    func blocksAgain() throws {
        var driver = try Driver()
        let first = try fetch(&driver)
        let (second, _) = driver.ask { .call($0, Self.call(.string(Self.absent.uppercased())), effects: []) }
        let (third, _) = driver.ask { .call($0, .status, effects: []) }
        let answers = finish(&driver, first.fetch, .digestMismatch)
        #expect(Set(answers.keys) == [first.call])
        guard case .fetch(let fetch, _)? = driver.wishes.last else {
            Issue.record("the second fetch has not begun")
            return
        }
        #expect(Set(finish(&driver, fetch, .broken).keys) == [second, third])
    }

    @Test("what a build did during a fetch is noticed at its end")
    func noticedLate() throws {
        var driver = try Driver()
        var script = try Driver.good()
        script.progress = .time(.seconds(1))
        script.steps[.remove] = .init(duration: .seconds(5))
        try driver.build(script)
        let running = try fetch(&driver)
        driver.pass(.seconds(10))
        _ = finish(&driver, running.fetch, .stored(size: 1))
        #expect(driver.slave.state == .building)
        driver.pass(.seconds(5))
        #expect(driver.slave.state == .waiting)
    }

    @Test("only so many requests wait; the rest is refused")
    func queueLimit() throws {
        var driver = try Driver { $0.queueLimit = 2 }
        let running = try fetch(&driver)
        #expect(driver.call(.status) == nil)
        #expect(driver.call(.status) == nil)
        #expect(driver.call(.status) == .error)
        #expect(driver.file(Driver.sum) == nil)
        #expect(finish(&driver, running.fetch, .broken).count == 3)
    }

    @Test("the end of a fetch that nobody waits for changes nothing")
    func lateEnd() throws {
        var driver = try Driver()
        let running = try fetch(&driver)
        driver.handle(.restart)
        #expect(driver.listing().contains(Self.absent + ".tmp"))
        #expect(finish(&driver, running.fetch, .stored(size: 1)).isEmpty)
        #expect(driver.file(Self.absent) == nil)
        let second = try fetch(&driver)
        #expect(second.fetch != running.fetch)
    }
}
