package import Foundation

/// The files of the project that tests read.
package enum Repository {
    package static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The path of a file or folder, given from the root.
    package static func path(_ name: String) -> String {
        root.appending(path: name).path(percentEncoded: false)
    }

    package static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// Whether generated pages are to be written anew instead of compared.
    package static let isRegenerating = ProcessInfo.processInfo.environment["BAIKONUR_REGENERATE"] == "1"

    /// Writes a generated page, when asked to; then reads what is there.
    package static func page(_ path: String, generated text: String) throws -> String {
        if isRegenerating {
            try text.write(to: root.appending(path: path), atomically: true, encoding: .utf8)
        }
        return try Self.text(path)
    }

    /// Every scenario of the library, by its path.
    package static func scenarios() throws -> [String] {
        let library = root.appending(path: "mockslaves")
        let names = try FileManager.default.subpathsOfDirectory(atPath: library.path(percentEncoded: false))
        return names.filter { $0.hasSuffix(".yaml") }.sorted().map { "mockslaves/\($0)" }
    }
}
