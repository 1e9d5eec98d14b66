/// Turns the fields of one stanza into typed values and collects what is wrong with them.
struct FieldReader {
    let stanza: Stanza
    /// The code for a mandatory field that is absent or empty; each kind of document has its own.
    let missing: FormatProblem.Code
    private(set) var problems: [FormatProblem] = []

    init(_ stanza: Stanza, missing: FormatProblem.Code) {
        self.stanza = stanza
        self.missing = missing
    }

    /// The value of a mandatory field; notes its absence.
    mutating func mandatory(_ name: String) -> String? {
        guard let field = stanza.field(name) else {
            note(missing, "the mandatory field \(name) is missing")
            return nil
        }
        guard !field.value.isEmpty else {
            note(missing, "the mandatory field \(name) is empty", line: field.line)
            return nil
        }
        return field.value
    }

    /// The typed value of a mandatory field.
    ///
    /// - Parameter code: what a value that cannot be read is reported as; nil keeps the code of the error.
    mutating func mandatory<T>(
        _ name: String, as code: FormatProblem.Code? = nil, _ make: (String) throws(DebianFormatsError) -> T
    ) -> T? {
        guard let value = mandatory(name) else { return nil }
        return read(name, value, as: code, make)
    }

    /// The typed value of a field that may be absent.
    mutating func optional<T>(
        _ name: String, as code: FormatProblem.Code? = nil, _ make: (String) throws(DebianFormatsError) -> T
    ) -> T? {
        guard let value = stanza[name] else { return nil }
        return read(name, value, as: code, make)
    }

    mutating func note(_ code: FormatProblem.Code, _ message: String, line: Int? = nil) {
        problems.append(FormatProblem(code, message, line: line))
    }

    mutating func note(_ more: [FormatProblem]) { problems.append(contentsOf: more) }

    private mutating func read<T>(
        _ name: String, _ value: String, as code: FormatProblem.Code?,
        _ make: (String) throws(DebianFormatsError) -> T
    ) -> T? {
        do {
            return try make(value)
        } catch {
            for problem in error.problems {
                note(code ?? problem.code, "\(name): \(problem.message)", line: stanza.field(name)?.line)
            }
            return nil
        }
    }
}
