import Glibc

/// What went wrong with a file, which one, and what to do about it.
package struct ContentStoreError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The content is longer than the limit.
        case tooLarge
        /// The content is not the one announced.
        case digestMismatch
        /// Other content is stored under the same SHA-1: the stored file is damaged, or SHA-1 was broken.
        case storedContentDiffers
        /// The file to be inserted is a link, a directory, a pipe or a device.
        case notARegularFile
        /// The file changed while it was being read.
        case changedWhileRead
        /// A file of that name is there already.
        case alreadyThere
        /// There is no such file.
        case notFound
        /// The writer was finished or abandoned before.
        case writerClosed
        /// The disk or the quota is full.
        case diskFull
        /// The system refused something else.
        case inputOutput
    }

    package var code: Code
    /// What was wrong and where, for people.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The error of a system call that has just failed.
    ///
    /// - Parameters:
    ///   - action: what was attempted, such as `cannot create`.
    ///   - number: the value of `errno` after the call.
    package init(_ action: String, _ path: String, errno number: Int32) {
        let code: Code =
            switch number {
            case ENOSPC, EDQUOT: .diskFull
            case ENOENT: .notFound
            case EEXIST: .alreadyThere
            case ELOOP: .notARegularFile
            default: .inputOutput
            }
        self.init(code, "\(action) \(path): \(String(cString: strerror(number)))")
    }

    package var description: String { message }
}
