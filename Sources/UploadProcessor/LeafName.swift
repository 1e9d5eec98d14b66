package import FarmModel

/// The name of an upload directory, as the processor reads it: the last two dash-separated parts are the job type
/// and the id of the build (manager spec 8); what stands before them gives the order and is not looked at.
package struct LeafName: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: String
    package let cookie: BuildCookie

    /// Why a directory's name is not a leaf's.
    package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// - Throws: `Problem` for a name without job type and id, with a job type nobody knows, or with characters
    ///   that could do harm in a message.
    package init(_ text: String) throws(Problem) {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "/") }) else {
            throw Problem(description: "the name holds characters that no leaf's name has")
        }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 2 else {
            throw Problem(description: "the name does not end in a job type and the id of a build")
        }
        guard let jobType = JobType(rawValue: String(parts[parts.count - 2])) else {
            throw Problem(description: "the name holds no known job type where one belongs")
        }
        guard let cookie = BuildCookie("\(jobType.rawValue)-\(parts[parts.count - 1])") else {
            throw Problem(description: "the name does not end in the id of a build")
        }
        rawValue = text
        self.cookie = cookie
    }

    /// Alphabetical order, which is the order of time.
    package static func < (lhs: LeafName, rhs: LeafName) -> Bool {
        lhs.rawValue.utf8.lexicographicallyPrecedes(rhs.rawValue.utf8)
    }

    package var description: String { rawValue }
}
