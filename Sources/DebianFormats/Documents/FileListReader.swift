import FarmModel

/// Reads `Files`, `Checksums-Sha1` and `Checksums-Sha256` together and holds them against each other (ppa spec
/// 3.4). `Checksums-Sha512` is ignored.
struct FileListReader {
    enum Style {
        /// Five columns in Files: sum, size, section, priority, name.
        case changes
        /// Three columns in Files: sum, size, name.
        case sourceControl
    }

    /// One line of a list, not yet checked.
    private struct Row {
        var columns: [String]
        var line: Int?
        var sum: String { columns[0] }
        var size: Int64
        var name: String { columns[columns.count - 1] }
    }

    private let stanza: Stanza
    private let style: Style
    private let maximumFiles: Int
    private(set) var problems: [FormatProblem] = []

    init(stanza: Stanza, style: Style, maximumFiles: Int) {
        self.stanza = stanza
        self.style = style
        self.maximumFiles = maximumFiles
    }

    /// The files, complete only if no problem was found.
    mutating func read() -> [ListedFile] {
        let rows = rows(of: "Files", columns: style == .changes ? 5 : 3)
        if rows.isEmpty, problems.isEmpty, let field = stanza.field("Files") {
            note(.filesEmpty, "the field Files lists no file", field.line)
        }
        noteDuplicates(in: rows)
        // A list that is broken in itself would only repeat its faults in every comparison.
        let isSound = problems.isEmpty
        let sha1 = sums(in: "Checksums-Sha1", against: isSound ? rows : nil, SHA1Digest.init)
        let sha256 = sums(in: "Checksums-Sha256", against: isSound ? rows : nil) {
            FarmModel.SHA256Digest($0)
        }
        return rows.compactMap { listedFile($0, sha1: sha1[$0.name], sha256: sha256[$0.name]) }
    }

    private mutating func listedFile(
        _ row: Row, sha1: SHA1Digest?, sha256: FarmModel.SHA256Digest?
    ) -> ListedFile? {
        let name = noting(row.line) { () throws(DebianFormatsError) in try SafeFileName(row.name) }
        let section =
            style == .changes
            ? noting(row.line) { () throws(DebianFormatsError) in try Section(row.columns[2]) } : nil
        guard let md5 = MD5Digest(row.sum) else {
            note(.checksumSyntax, "\(quoted(row.sum)) is no MD5 sum", row.line)
            return nil
        }
        guard let name, style == .sourceControl || section != nil else { return nil }
        return ListedFile(
            name: name, size: row.size, md5: md5, sha1: sha1, sha256: sha256, section: section,
            priority: style == .changes ? row.columns[3] : nil)
    }

    private mutating func sums<Digest>(
        in field: String, against files: [Row]?, _ digest: (String) -> Digest?
    ) -> [String: Digest] {
        guard let place = stanza.field(field) else { return [:] }
        let before = problems.count
        let rows = rows(of: field, columns: 3)
        if let files, problems.count == before, Self.inventory(of: rows) != Self.inventory(of: files) {
            note(.filesMismatch, "\(field) does not list the same files and sizes as Files", place.line)
        }
        var sums: [String: Digest] = [:]
        for row in rows {
            if let value = digest(row.sum) {
                sums[row.name] = value
            } else {
                note(.checksumSyntax, "\(quoted(row.sum)) is no sum for \(field)", row.line)
            }
        }
        return sums
    }

    private static func inventory(of rows: [Row]) -> [[String]] {
        rows.map { [$0.name, String($0.size)] }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private mutating func rows(of name: String, columns: Int) -> [Row] {
        guard let field = stanza.field(name) else { return [] }
        var rows: [Row] = []
        for (offset, text) in field.value.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let line = field.line.map { $0 + offset }
            let words = text.blankSeparatedWords()
            if words.isEmpty { continue }
            guard rows.count < maximumFiles else {
                note(.tagfileLimit, "\(name) lists more than \(maximumFiles) files", line)
                return rows
            }
            guard words.count == columns else {
                note(.filesSyntax, "a line of \(name) has \(words.count) columns instead of \(columns)", line)
                continue
            }
            guard let size = ASCII.decimal(words[1]) else {
                note(.sizeSyntax, "\(quoted(words[1])) is no size in bytes", line)
                continue
            }
            rows.append(Row(columns: words, line: line, size: size))
        }
        return rows
    }

    private mutating func noteDuplicates(in rows: [Row]) {
        var seen: Set<String> = []
        for row in rows where !seen.insert(row.name).inserted {
            note(.filesDuplicate, "\(quoted(row.name)) is listed twice in Files", row.line)
        }
    }

    private mutating func noting<T>(
        _ line: Int?, _ make: () throws(DebianFormatsError) -> T
    ) -> T? {
        do {
            return try make()
        } catch {
            for problem in error.problems { note(problem.code, problem.message, line) }
            return nil
        }
    }

    private mutating func note(_ code: FormatProblem.Code, _ message: String, _ line: Int?) {
        problems.append(FormatProblem(code, message, line: line))
    }
}
