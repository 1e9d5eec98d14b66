package import FarmModel

/// Decides who may read which file.
package protocol LibrarianAccess: Sendable {
    /// - Parameters:
    ///   - sum: the file asked for; it need not be in the store.
    ///   - credentials: what the reader presented, if anything.
    func decide(
        on sum: SHA1Digest, for credentials: BasicCredentials?, at now: Instant
    ) async throws -> LibrarianDecision
}

/// What to do with a request for a file.
package enum LibrarianDecision: Hashable, Sendable {
    /// Everybody may read the file.
    case open
    /// The file is restricted, and the reader may read it.
    case admitted
    /// The file is restricted, and the reader presented nothing or something wrong.
    case denied
    /// The file is not known; nothing else is said about it.
    case unknown
}

/// How a file is kept, as far as its readers are concerned.
package enum LibraryVisibility: Hashable, Sendable {
    case unknown
    case open
    /// Only for the user `buildd` with one of these tokens.
    case restricted([LibraryToken])

    /// The user name that slaves present (protocol spec 5).
    package static let user = "buildd"

    /// Whether `credentials` open a file kept like this.
    package func decision(for credentials: BasicCredentials?, at now: Instant) -> LibrarianDecision {
        switch self {
        case .unknown: return .unknown
        case .open: return .open
        case .restricted(let tokens):
            guard let credentials, credentials.user == Self.user else { return .denied }
            // Every token is tried, so that the time taken does not tell which one was near.
            var isAdmitted = false
            for token in tokens where token.admits(credentials.secret, at: now) { isAdmitted = true }
            return isAdmitted ? .admitted : .denied
        }
    }
}

/// Asks a closure how a file is kept.
package struct VisibilityAccess: LibrarianAccess {
    private let visibility: @Sendable (SHA1Digest) async throws -> LibraryVisibility

    package init(_ visibility: @escaping @Sendable (SHA1Digest) async throws -> LibraryVisibility) {
        self.visibility = visibility
    }

    package func decide(
        on sum: SHA1Digest, for credentials: BasicCredentials?, at now: Instant
    ) async throws -> LibrarianDecision {
        try await visibility(sum).decision(for: credentials, at: now)
    }
}
