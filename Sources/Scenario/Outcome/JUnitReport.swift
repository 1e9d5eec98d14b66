import FarmModel

/// A verdict in the XML that continuous integration servers read: one suite for the scenario, one case for each
/// expectation.
public struct JUnitReport: Hashable, Sendable {
    private let verdict: RunVerdict
    private let duration: Duration

    /// - Parameter duration: how long the run took.
    public init(_ verdict: RunVerdict, duration: Duration) {
        self.verdict = verdict
        self.duration = duration
    }

    /// The document, UTF-8 when written, with a final newline.
    public var text: String {
        let failures = verdict.lines.count { $0.grade == .fail }
        let skipped = verdict.lines.count { $0.grade == .inconclusive }
        let suite = Self.attribute(verdict.scenario)
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        text += "<testsuites>\n  <testsuite name=\"\(suite)\" tests=\"\(verdict.lines.count)\""
        text += " failures=\"\(failures)\" errors=\"0\" skipped=\"\(skipped)\" time=\"\(seconds)\">\n"
        for line in verdict.lines { text += testCase(line, suite: suite) }
        return text + "  </testsuite>\n</testsuites>\n"
    }

    private func testCase(_ line: RunVerdict.Line, suite: String) -> String {
        let title = Self.attribute(line.expectation.title)
        let opening = "    <testcase classname=\"\(suite)\" name=\"\(title)\" time=\"0\""
        let message = Self.attribute(line.sentence)
        switch line.grade {
        case .pass: return opening + "/>\n"
        case .fail: return opening + ">\n      <failure message=\"\(message)\"/>\n    </testcase>\n"
        case .inconclusive: return opening + ">\n      <skipped message=\"\(message)\"/>\n    </testcase>\n"
        }
    }

    private var seconds: String {
        let milliseconds = String(duration.wholeNanoseconds / 1_000_000 % 1000)
        let padding = String(repeating: "0", count: 3 - milliseconds.utf8.count)
        return "\(duration.wholeNanoseconds / 1_000_000_000).\(padding)\(milliseconds)"
    }

    /// Text for an attribute: the five characters escaped, line ends and tabs kept by reference, and characters
    /// that XML 1.0 cannot carry replaced.
    static func attribute(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&apos;"
            case "\t", "\n", "\r": escaped += "&#\(scalar.value);"
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
