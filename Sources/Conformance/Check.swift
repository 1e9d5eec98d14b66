/// One thing that was held against the slave, and what came of it.
package struct Check: Hashable, Sendable, CustomStringConvertible {
    package enum Outcome: Hashable, Sendable {
        case passed
        /// Both texts are excerpts for people, cut around the first difference.
        case failed(expected: String, got: String)
        case skipped(reason: String)
    }

    /// What was checked, such as `recording echo/ping` or `BUILDING: clean`.
    package var name: String
    package var outcome: Outcome

    package init(_ name: String, _ outcome: Outcome) {
        self.name = name
        self.outcome = outcome
    }

    /// The line, or lines, of the report.
    package var description: String {
        switch outcome {
        case .passed: "ok      \(name)"
        case .failed(let expected, let got):
            "FAILED  \(name)\n        expected \(expected)\n        got      \(got)"
        case .skipped(let reason): "skipped \(name): \(reason)"
        }
    }
}

/// How many checks of a run ended in which way.
package struct Summary: Hashable, Sendable, CustomStringConvertible {
    package var passed = 0
    package var failed = 0
    package var skipped = 0

    package init() {}

    /// True when at least one check was made and none failed.
    package var holds: Bool { failed == 0 && passed > 0 }

    package var description: String { "\(passed) passed, \(failed) failed, \(skipped) skipped" }

    mutating func count(_ check: Check) {
        switch check.outcome {
        case .passed: passed += 1
        case .failed: failed += 1
        case .skipped: skipped += 1
        }
    }
}
