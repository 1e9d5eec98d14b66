package import FarmModel
package import FarmRecords

/// Reads and checks the upload in a leaf; whoever conforms decides what is acceptable and touches nothing.
package protocol LeafVerifier: Sendable {
    /// - Returns: the upload, if it is acceptable.
    /// - Throws: `UploadRejection` for an upload that can be read but is not acceptable; anything else for one
    ///   that cannot be read.
    func verify(_ contents: LeafContents, for build: UploadingBuild, log: inout UploadLog) throws
        -> VerifiedUpload
}

/// An upload that may be accepted.
package struct VerifiedUpload: Hashable, Sendable {
    package struct File: Hashable, Sendable {
        package let name: String
        package let sha1: SHA1Digest

        package init(name: String, sha1: SHA1Digest) {
            self.name = name
            self.sha1 = sha1
        }
    }

    package var binaries: [BinaryRecord]
    /// All files to be kept, the binaries' among them.
    package var files: [File]

    package init(binaries: [BinaryRecord], files: [File]) {
        self.binaries = binaries
        self.files = files
    }
}

/// Why an upload is not acceptable; never empty.
package struct UploadRejection: Error, Hashable, Sendable, CustomStringConvertible {
    package let reasons: [String]

    package init(_ reasons: [String]) { self.reasons = reasons }

    package var description: String { reasons.joined(separator: "; ") }
}
