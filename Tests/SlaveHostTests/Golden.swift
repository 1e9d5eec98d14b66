import Foundation

/// The path of a folder of golden data.
func golden(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "golden/\(name)").path()
}
