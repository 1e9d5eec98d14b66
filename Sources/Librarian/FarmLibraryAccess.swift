package import FarmModel
package import FarmRecords

/// Files as the farm's records have them: those of private archives are open to the tokens of their archives.
package struct FarmLibraryAccess: LibrarianAccess {
    private let records: FarmRecords

    package init(_ records: FarmRecords) { self.records = records }

    package func decide(
        on sum: SHA1Digest, for credentials: BasicCredentials?, at now: Instant
    ) async throws -> LibrarianDecision {
        let visibility: LibraryVisibility =
            switch try await records.libraryAccess(to: sum) {
            case .unknown: .unknown
            case .open: .open
            case .restricted(let tokens): .restricted(tokens.map { LibraryToken($0) })
            }
        return visibility.decision(for: credentials, at: now)
    }
}
