internal import BuilddProtocol
internal import XMLRPC

/// Tries the methods that do not change the state.
extension StateWalk {
    /// Runs every probe of the table in a state the slave is in.
    ///
    /// A state that passes by itself is looked at again after each probe: a probe counts only if the state was
    /// still the same, and when it was not, the rest is skipped.
    ///
    /// - Returns: the state at the end; nil when the slave has no known word for it.
    @discardableResult
    func probe(
        _ state: BuilderState, buildID: String? = nil, result: BuildResult? = nil
    ) async throws -> BuilderState? {
        let title = result.map { "\(state.rawValue)/\($0.rawValue)" } ?? state.rawValue
        let passesByItself = state == .building || state == .aborting
        var now: BuilderState? = state
        for probe in MethodTable.Probe.allCases {
            let expectation = table.expectation(of: probe, in: state)
            if expectation == .transition { continue }
            let name = "\(title): \(probe.name)"
            var fault: Fault?
            if now == state {
                fault = try await self.fault(
                    of: probe, expectation, state: state, buildID: buildID, result: result)
                if passesByItself { now = try await status().state }
            }
            if now != state {
                await report.skip(
                    name, because: "the slave became \(now?.rawValue ?? "something else") by itself")
            } else if let fault {
                await report.fail(name, expected: fault.expected, got: fault.got)
            } else {
                await report.pass(name)
            }
        }
        return now
    }

    private typealias Fault = (expected: String, got: String)

    private func fault(
        of probe: MethodTable.Probe, _ expectation: MethodTable.Expectation, state: BuilderState,
        buildID: String?, result: BuildResult?
    ) async throws -> Fault? {
        guard let (method, parameters) = call(of: probe) else {
            let answer = try await client.get("/filecache/buildlog")
            let got = MethodTable.Expectation.http(answer.status)
            return got == expectation ? nil : ("\(expectation)", "\(got)")
        }
        let got = try await client.call(method, parameters)
        let wanted: XMLRPCResponse
        switch expectation {
        case .fault(let code, let text): wanted = .fault(XMLRPCFault(code: code, text: text))
        case .word(let word): wanted = .success(.string(word))
        case .result where probe == .status:
            guard case .success(let value) = got else { return ("a status", Excerpt.of(got)) }
            return shape.fault(in: value, state: state, buildID: buildID, result: result)
        case .result: wanted = .success(usualResult(of: probe))
        case .http, .transition: return nil
        }
        return got == wanted ? nil : (Excerpt.of(wanted), Excerpt.of(got))
    }

    private static let echoed: [XMLRPCValue] = [
        "text <&>", .int(-7), .boolean(true), .double(0.5), .base64([0, 255, 10]), .nil, ["a", ["b": 1]],
    ]

    /// The call of a probe; nil for the one that is no call.
    private func call(of probe: MethodTable.Probe) -> (method: String, parameters: [XMLRPCValue])? {
        switch probe {
        case .echo: ("echo", Self.echoed)
        case .info: ("info", [])
        case .status: ("status", [])
        case .ensureAbsent: ("ensurepresent", [.string(Self.absentSum), .nil, "", ""])
        case .ensurePresent: ("ensurepresent", [.string(inputs.chroot.sum), .nil, "", ""])
        case .buildUnknownType: ("build", inputs.call(id: "1-1", type: "nonesuch"))
        case .buildUnknownChroot: ("build", inputs.call(id: "1-1", chroot: Self.absentSum))
        case .abort: ("abort", [])
        case .clean: ("clean", [])
        case .proxyInfo: ("proxy_info", [])
        case .unknownMethod: ("nonesuch", [])
        case .wrongArgumentCount: ("status", [1])
        case .buildLog: nil
        }
    }

    private func usualResult(of probe: MethodTable.Probe) -> XMLRPCValue {
        switch probe {
        case .echo: .array(Self.echoed)
        case .info:
            ["1.0", .string(profile.architecture), .array(profile.buildTypes.map { .string($0) })]
        case .ensureAbsent: [false, "No URL"]
        case .ensurePresent: [true, "No URL"]
        case .buildUnknownType:
            ["BuilderStatus.UNKNOWNBUILDER", .string("nonesuch not in \(profile.quotedBuildTypes)")]
        case .buildUnknownChroot: Self.unknownSum("CHROOTSUM", indent: 12)
        case .status, .abort, .clean, .proxyInfo, .unknownMethod, .wrongArgumentCount, .buildLog: .nil
        }
    }

    /// The pair for a file that is not in the cache (protocol spec 6).
    static func unknownSum(_ word: String, indent: Int) -> XMLRPCValue {
        let blanks = String(repeating: " ", count: indent)
        let text = ["\(word) -> \(absentSum)", "***** INFO *****", "No URL", "****************", ""]
            .joined(separator: "\n\(blanks)")
        return ["BuilderStatus.UNKNOWNSUM", .string(text)]
    }
}
