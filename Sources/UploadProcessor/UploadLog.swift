/// The text that tells an uploader what was looked at and what came of it. It is kept with the build.
package struct UploadLog: Sendable {
    /// More lines than this are counted only.
    private static let maximumLines = 5_000
    private static let maximumLineLength = 2_000

    private var lines: [String] = []
    private var dropped = 0

    package init() {}

    /// Adds a line; line breaks and other control characters in it become blanks, so that no foreign text can
    /// pass for another line.
    package mutating func add(_ text: String) {
        guard lines.count < Self.maximumLines else {
            dropped += 1
            return
        }
        let scalars = text.unicodeScalars.prefix(Self.maximumLineLength).map { scalar -> Unicode.Scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: " "
            default: scalar
            }
        }
        var line = String(String.UnicodeScalarView(scalars))
        if text.unicodeScalars.dropFirst(Self.maximumLineLength).first != nil { line += "…" }
        lines.append(line)
    }

    package var text: String {
        let end = dropped == 0 ? "" : "(\(dropped) further lines left out)\n"
        return lines.map { $0 + "\n" }.joined() + end
    }

    package var bytes: [UInt8] { Array(text.utf8) }
}
