import Crypto
package import FarmModel
import Foundation

/// A secret that opens restricted files, until it expires. Prints without the secret.
package struct LibraryToken: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let digest: [UInt8]
    /// From when on the token opens nothing; nil for never.
    package let expires: Instant?

    package init(_ secret: String, expires: Instant? = nil) {
        digest = Self.digest(secret)
        self.expires = expires
    }

    /// Whether `presented` is the secret, and the token is still good. Takes the same time whatever is presented,
    /// because digests of the same length are compared to their end.
    package func admits(_ presented: String, at now: Instant) -> Bool {
        let other = Self.digest(presented)
        var difference: UInt8 = 0
        for index in digest.indices { difference |= digest[index] ^ other[index] }
        return difference == 0 && expires.map { now < $0 } ?? true
    }

    package var description: String { "(hidden)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }

    private static func digest(_ secret: String) -> [UInt8] { Array(SHA256.hash(data: Data(secret.utf8))) }
}
