import FarmRunner
import Foundation

/// Shows a farm while it runs: a table that is drawn anew in a terminal, else a line for what has changed.
actor FarmView {
    private let isLive: Bool
    private let hasColours: Bool
    private var drawnLines = 0
    private var ticker = FarmTicker()
    private var last: FarmTable?

    /// - Parameter isPlain: plain lines even in a terminal.
    init(isPlain: Bool) {
        let terminal = ProcessInfo.processInfo.environment["TERM"] ?? "dumb"
        isLive = !isPlain && isatty(STDOUT_FILENO) == 1 && terminal != "dumb"
        hasColours = (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
    }

    func show(_ table: FarmTable) {
        last = table
        if isLive {
            draw(table)
        } else {
            for line in ticker.lines(for: table) { say(line + "\n") }
        }
    }

    /// Says what is not said yet; a live table is left standing.
    func finish() {
        guard let last else { return }
        if isLive {
            say("\n")
        } else {
            for line in ticker.lines(for: last, isLast: true) { say(line + "\n") }
        }
    }

    private func draw(_ table: FarmTable) {
        var size = winsize()
        let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        let lines = table.lines(
            width: isKnown ? Int(size.ws_col) : 80, height: (isKnown ? Int(size.ws_row) : 24) - 1)
        // Up to the first line of the last table, then each line anew, then clear what is left of the old one.
        let up = drawnLines > 0 ? "\u{1B}[\(drawnLines)A" : ""
        say(up + "\r" + lines.map { painted($0) + "\u{1B}[K\n" }.joined() + "\u{1B}[J")
        drawnLines = lines.count
    }

    private func painted(_ line: FarmTable.Line) -> String {
        guard hasColours, let code = Self.code(line.tone) else { return line.text }
        return "\u{1B}[\(code)m\(line.text)\u{1B}[0m"
    }

    /// The terminal's code for a tone.
    private static func code(_ tone: FarmTable.Line.Tone) -> Int? {
        switch tone {
        case .plain: nil
        case .title: 1
        case .heading: 4
        case .busy: 32
        case .bad: 31
        case .faint: 2
        }
    }
}
