import Foundation

/// The name and secret of an `Authorization: Basic` header. Prints without the secret.
package struct BasicCredentials: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    package let user: String
    package let secret: String

    package init(user: String, secret: String) {
        self.user = user
        self.secret = secret
    }

    /// - Parameter header: the value of the `Authorization` header; nil for another scheme or anything malformed.
    package init?(authorization header: String) {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic",
            let data = Data(base64Encoded: String(parts[1])), let text = String(bytes: data, encoding: .utf8),
            let colon = text.firstIndex(of: ":")
        else { return nil }
        self.init(user: String(text[..<colon]), secret: String(text[text.index(after: colon)...]))
    }

    package var description: String { "\(user):(hidden)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["user": user]) }
}
