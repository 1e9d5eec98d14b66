import Foundation
import Glibc

/// A pipe by which a child process learns that its parent is gone: nothing is ever written, and when the parent ends,
/// in whatever way, the child's end of it does too.
struct Lifeline {
    /// The child's end, to be its standard input.
    let end: CInt
    private let parent: CInt

    /// - Throws: `FarmRunnerError` when the process has too many files open.
    init() throws {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw FarmRunnerError(.process, "cannot make a pipe: \(String(cString: strerror(errno)))")
        }
        // No other child may hold the parent's end.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (end, parent) = (ends[0], ends[1])
    }

    /// To be called once.
    func cut() {
        close(end)
        close(parent)
    }
}

/// Waits until standard input ends; what comes in before is not looked at.
package func waitForEndOfInput() async {
    await withCheckedContinuation { continuation in
        // A thread of its own, because it waits for as long as the process lives.
        let thread = Thread {
            var byte: UInt8 = 0
            while true {
                let count = read(STDIN_FILENO, &byte, 1)
                if count == 0 || (count < 0 && errno != EINTR) { break }
            }
            continuation.resume()
        }
        thread.start()
    }
}
