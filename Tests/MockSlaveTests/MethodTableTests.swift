import BuilddProtocol
import FarmModel
import MockSlave
import Testing
import XMLRPC

/// Every method in every state, in three dialects (protocol spec 4 and 16).
@Suite("Methods by state")
struct MethodTableTests {
    struct Cell: CustomStringConvertible, Sendable {
        var dialect: SlaveDialect
        var state: BuilderState
        var call: XMLRPCCall
        /// Nil: fault 8002 `error`.
        var answer: XMLRPCValue?
        var stateAfter: BuilderState

        var description: String { "\(dialect.rawValue): \(call.method) while \(state.rawValue)" }
    }

    static let building: XMLRPCValue = ["BuilderStatus.BUILDING", "PACKAGEBUILD-1"]

    static var cells: [Cell] {
        var cells: [Cell] = []
        for dialect in SlaveDialect.allCases {
            let isOld = dialect == .release2010
            let states: [BuilderState] = [.idle, .building, .aborting, .waiting] + (isOld ? [.aborted] : [])
            for state in states {
                func add(_ call: XMLRPCCall, _ answer: XMLRPCValue?, _ after: BuilderState? = nil) {
                    cells.append(
                        Cell(
                            dialect: dialect, state: state, call: call, answer: answer,
                            stateAfter: after ?? state))
                }
                add(.echo(["ping", 1]), ["ping", 1])
                add(EnsurePresentTests.call(.string(Driver.sum), url: .nil), [true, "No URL"])
                add(
                    Driver.buildCall(type: "nope"),
                    ["BuilderStatus.UNKNOWNBUILDER", .string("nope not in \(types(dialect))")])
                add(
                    Driver.buildCall(chroot: "x"),
                    [
                        "BuilderStatus.UNKNOWNSUM",
                        """
                        CHROOTSUM -> x
                                    ***** INFO *****
                                    No URL
                                    ****************
                                    
                        """,
                    ])
                add(
                    Driver.buildCall(files: ["a": "y"]),
                    [
                        "BuilderStatus.UNKNOWNSUM",
                        """
                        FILESUM -> y
                                        ***** INFO *****
                                        No URL
                                        ****************
                                        
                        """,
                    ])
                let starts = state == .idle
                add(Driver.buildCall(), starts ? building : nil, starts ? .building : nil)
                let aborts = state == .building || (state == .aborting && !isOld)
                add(.abort, aborts ? "BuilderStatus.ABORTING" : nil, aborts ? .aborting : nil)
                let cleans = state == .waiting || state == .aborted
                add(.clean, cleans ? "BuilderStatus.IDLE" : nil, cleans ? .idle : nil)
                if dialect == .current { add(.proxyInfo, nil) }
            }
        }
        return cells
    }

    static func types(_ dialect: SlaveDialect) -> String {
        switch dialect {
        case .current:
            "['binarypackage', 'sourcepackagerecipe', 'translation-templates', 'livefs', 'snap', 'oci', "
                + "'charm', 'ci', 'rock', 'craft']"
        case .release206:
            "['binarypackage', 'sourcepackagerecipe', 'translation-templates', 'livefs', 'snap', 'oci', "
                + "'charm', 'ci']"
        case .release2010:
            "['sourcepackagerecipe', 'translation-templates', 'binarypackage', 'debian']"
        }
    }

    /// A slave in a state, by calls alone.
    static func driver(in state: BuilderState, _ dialect: SlaveDialect) throws -> Driver {
        var driver = try Driver(dialect)
        switch state {
        case .idle: break
        case .building: try driver.build(Driver.never)
        case .aborting:
            var script = Driver.never
            script.killing = .init(effect: .hangs, ignoresTermination: true)
            try driver.build(script)
            driver.call(.abort)
        case .aborted:
            try driver.build(Driver.never)
            driver.call(.abort)
        case .waiting: try driver.build(try Driver.good())
        }
        // A killing step must not end at once where ABORTING is to be seen.
        driver.script = Driver.never
        return driver
    }

    @Test("a method answers as the table says", arguments: cells)
    func cell(_ cell: Cell) throws {
        var driver = try Self.driver(in: cell.state, cell.dialect)
        #expect(driver.slave.state == cell.state)
        // The slave answers at once; what a killing step does comes later.
        if cell.call.method == "abort", cell.state == .building {
            var script = Driver.never
            script.killing = .init(effect: .hangs, ignoresTermination: true)
            driver = try Driver(cell.dialect)
            try driver.build(script)
        }
        let response = driver.call(cell.call)
        #expect(response == cell.answer.map { .success($0) } ?? .error)
        #expect(driver.slave.state == cell.stateAfter)
    }

    @Test(
        "status has the members of the state in the order of the protocol",
        arguments: [SlaveDialect.current, .release206], [BuilderState.idle, .building, .aborting, .waiting])
    func statusMembers(_ dialect: SlaveDialect, _ state: BuilderState) throws {
        var driver = try Self.driver(in: state, dialect)
        guard case .success(.structure(let members))? = driver.call(.status) else {
            Issue.record("status is no struct")
            return
        }
        let expected: [String] =
            switch state {
            case .idle: ["builder_status", "builder_version"]
            case .building: ["builder_status", "builder_version", "build_id", "logtail"]
            case .aborting, .aborted: ["builder_status", "builder_version", "build_id"]
            case .waiting:
                [
                    "builder_status", "builder_version", "build_status", "build_id", "filemap",
                    "dependencies",
                ]
            }
        #expect(Array(members.keys) == expected)
        #expect(members["builder_version"] == (dialect == .current ? "254" : "206"))
    }

    @Test(
        "status of 2010 is an array",
        arguments: [BuilderState.idle, .building, .aborting, .aborted, .waiting])
    func oldStatus(_ state: BuilderState) throws {
        var driver = try Self.driver(in: state, .release2010)
        guard case .success(.array(let elements))? = driver.call(.status) else {
            Issue.record("status is no array")
            return
        }
        #expect(elements.first == .string(state.wireText))
        let counts: [BuilderState: Int] = [.idle: 2, .building: 3, .aborting: 2, .aborted: 2, .waiting: 5]
        #expect(elements.count == counts[state])
    }

    @Test(
        "a slave not installed as a package reports no version",
        arguments: [BuilderState.idle, .building, .aborting, .waiting])
    func noVersion(_ state: BuilderState) throws {
        var driver = try Driver { $0.version = nil }
        if state != .idle { try driver.build(state == .waiting ? try Driver.good() : Driver.never) }
        #expect(try driver.status().version == nil)
    }

    @Test("unknown methods and wrong counts are faults", arguments: SlaveDialect.allCases)
    func faults(_ dialect: SlaveDialect) throws {
        var driver = try Driver(dialect)
        let word = dialect == .release2010 ? "function" : "procedure"
        func unknown(_ text: String) -> XMLRPCResponse { .fault(XMLRPCFault(code: 8001, text: text)) }
        #expect(driver.call(XMLRPCCall("frobnicate")) == unknown("\(word) frobnicate not found"))
        #expect(driver.call(XMLRPCCall("a.b.c")) == unknown("no such subHandler a"))
        #expect(driver.call(XMLRPCCall("status", [1])) == .error)
        #expect(driver.call(XMLRPCCall("build", ["x"])) == .error)
        if dialect != .current {
            #expect(driver.call(.proxyInfo) == unknown("\(word) proxy_info not found"))
        }
    }

    @Test("numbers beyond 32 bits cannot be answered")
    func largeNumbers() throws {
        var driver = try Driver()
        let fault = XMLRPCResponse.fault(
            XMLRPCFault(code: 8002, text: "Can't serialize output: int exceeds XML-RPC limits"))
        #expect(driver.call(.echo([.int(2_147_483_647)])) == .success([.int(2_147_483_647)]))
        #expect(driver.call(.echo([.int(2_147_483_648)])) == fault)
        #expect(driver.call(.echo([["a": [.bigInteger("99999999999999999999")]]])) == fault)
    }

    @Test("info names protocol, architecture and build types", arguments: SlaveDialect.allCases)
    func info(_ dialect: SlaveDialect) throws {
        var driver = try Driver(dialect) { $0.architectureTag = "riscv64" }
        guard case .success(.array(let elements))? = driver.call(.info) else {
            Issue.record("no answer")
            return
        }
        #expect(elements[0] == "1.0" && elements[1] == "riscv64")
        let names = elements[2].arrayValue?.compactMap(\.stringValue) ?? []
        #expect("['" + names.joined(separator: "', '") + "']" == Self.types(dialect))
    }
}
