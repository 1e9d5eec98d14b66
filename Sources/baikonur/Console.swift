import Foundation

/// Prints to standard output at once, also when nobody sits at the other end. A reader that went away does not matter.
func say(_ text: String) { try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8)) }

/// Prints a line to standard error.
func complain(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8)) }

/// Prints a table whose columns are as wide as their widest cell.
func sayColumns(_ rows: [[String]]) {
    let widths = rows.reduce(into: [Int]()) { widths, row in
        for (index, cell) in row.enumerated() {
            if index == widths.count { widths.append(0) }
            widths[index] = max(widths[index], cell.count)
        }
    }
    var text = ""
    for row in rows {
        var line = zip(row, widths).map { cell, width in
            cell + String(repeating: " ", count: width - cell.count)
        }
        .joined(separator: "  ")
        while line.last == " " { line.removeLast() }
        text += line + "\n"
    }
    say(text)
}

/// Why a command that was well understood could not be carried out.
struct CommandFailure: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}
