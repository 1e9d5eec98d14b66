import Foundation
import Glibc

/// What `/proc` says about processes.
package enum ProcessTable {
    /// The processes whose parent is the given one, with their arguments; those that are no more than a zombie are left
    /// out.
    package static func children(of parent: Int32) -> [(process: Int32, arguments: [String])] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.sorted().compactMap { process in
            guard let (state, itsParent) = stateAndParent(of: process), itsParent == parent, state != "Z"
            else {
                return nil
            }
            return (process, arguments(of: process))
        }
    }

    /// Whether there is such a process; one that is no more than a zombie does not count.
    package static func isAlive(_ process: Int32) -> Bool {
        stateAndParent(of: process).map { $0.state != "Z" } ?? false
    }

    private static func arguments(of process: Int32) -> [String] {
        let data = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
        return data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func stateAndParent(of process: Int32) -> (state: String, parent: Int32)? {
        guard let data = FileManager.default.contents(atPath: "/proc/\(process)/stat") else { return nil }
        // The program's name stands in parentheses and may hold anything.
        let words =
            String(decoding: data, as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
        guard words.count > 1, let parent = Int32(words[1]) else { return nil }
        return (String(words[0]), parent)
    }
}
