import Yams

/// Composes the text of a scenario into Yams' nodes, and refuses what the parser must not be given.
///
/// The parser itself limits nesting to 1,000 levels. Nodes of an alias share their storage, so a bomb of aliases
/// costs nothing until somebody walks through it; whoever walks has a budget (`ScenarioLimits.nodes`). The one
/// walk out of our reach is the hashing of keys, so keys made of aliases or collections are refused beforehand.
enum YAMLText {
    static func compose(
        _ text: String, file: String, limits: ScenarioLimits
    ) throws(ScenarioError) -> Node {
        func refuse(
            _ code: ScenarioError.Code, _ place: Place, _ found: String, _ expected: String,
            _ hint: String? = nil
        ) -> ScenarioError {
            let problem = ScenarioError.Problem(
                code: code, file: file, line: place.line, column: place.column, path: "", found: found,
                expected: expected, hint: hint)
            return ScenarioError([problem])
        }
        guard text.utf8.count <= limits.fileSize.bytes else {
            throw refuse(
                .tooLarge, .start, "\(text.utf8.count) bytes", "a file of at most \(limits.fileSize)")
        }
        if let line = lineWithComplexKey(text) {
            throw refuse(
                .syntax, Place(line: line, column: 1), "an alias, a list or a mapping as a key", "plain keys")
        }
        do {
            guard let root = try Parser(yaml: text, encoding: .utf8).singleRoot() else {
                throw refuse(.syntax, .start, "an empty file", "a scenario")
            }
            return root
        } catch let error as ScenarioError {
            throw error
        } catch YamlError.duplicatedKeysInMapping(let duplicates, let context) {
            let keys = duplicates.map { "`\($0)`" }.joined(separator: ", ")
            let again = duplicates.first.flatMap { repetition(of: $0, after: context.mark, in: text) }
            throw refuse(
                .duplicateKey, Place(context.mark), "the key \(keys) more than once", "each key once",
                again.map { "it comes again in line \($0)" })
        } catch YamlError.scanner(let context, let problem, let mark, _),
            YamlError.parser(let context, let problem, let mark, _),
            YamlError.composer(let context, let problem, let mark, _)
        {
            let found = [problem, context?.text].compactMap { $0 }.joined(separator: " ")
            throw refuse(.syntax, Place(mark), found, "YAML", hint(for: problem))
        } catch {
            throw refuse(.syntax, .start, "text that cannot be read (\(summary(error)))", "YAML in UTF-8")
        }
    }

    /// Patterns are the most likely reason for an alias that leads nowhere.
    private static func hint(for problem: String) -> String? {
        problem.contains("alias") || problem.contains("alphabetic or numeric")
            ? "a text that begins with * or & needs quotes, such as \"*-amd64\"" : nil
    }

    private static func summary(_ error: any Error) -> String {
        if case YamlError.reader(let problem, let offset, _, _) = error {
            return offset.map { "\(problem), at character \($0 + 1)" } ?? problem
        }
        return "not composed"
    }

    /// The line in which a key stands again, in the column in which it stood first.
    private static func repetition(of key: String, after mark: Mark, in text: String) -> Int? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let margin = String(repeating: " ", count: mark.column - 1) + key
        return lines.indices.dropFirst(mark.line).first { index in
            lines[index].hasPrefix(margin)
                && lines[index].dropFirst(margin.count).drop { $0 == " " }.hasPrefix(":")
        }.map { $0 + 1 }
    }

    /// The first line that may use something else than a plain text as a key. Only files that have an alias are
    /// looked at: without aliases a key is never larger than its text.
    private static func lineWithComplexKey(_ text: String) -> Int? {
        guard text.contains("*"), text.contains("&") else { return nil }
        var number = 0
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            number += 1
            if hasComplexKey(line.utf8) { return number }
        }
        return nil
    }

    /// Whether a line has a colon behind an alias or a closing bracket, or an explicit key indicator. It may
    /// well be inside a text: better one line refused than one overlooked.
    private static func hasComplexKey(_ line: Substring.UTF8View) -> Bool {
        let blanks = Array(" \t\r".utf8)
        var isInAlias = false
        var endsKey = false
        var previous = UInt8(ascii: " ")
        var rest = line
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: ":") where endsKey: return true
            case UInt8(ascii: "?") where Array(" \t,[{".utf8).contains(previous):
                guard let next = rest.first, !Array(" \t\r*&![{".utf8).contains(next) else { return true }
            case UInt8(ascii: "*"): isInAlias = true
            case UInt8(ascii: "]"), UInt8(ascii: "}"): endsKey = true
            case _ where isInAlias && byte.isWordCharacter: endsKey = true
            case _ where blanks.contains(byte): isInAlias = false
            default:
                isInAlias = false
                endsKey = false
            }
            previous = byte
        }
        return false
    }
}

extension UInt8 {
    /// Whether it is a letter, digit, `_` or `-`: what names of aliases consist of.
    fileprivate var isWordCharacter: Bool {
        let scalar = Unicode.Scalar(self)
        return ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
            || scalar == "_" || scalar == "-"
    }
}
