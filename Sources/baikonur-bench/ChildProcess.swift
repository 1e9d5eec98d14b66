import Foundation

/// A program that was started to be measured: it prints `READY WORDS…` once it can be used.
final class ChildProcess {
    private let process = Process()
    private(set) var ready: [String] = []

    /// - Throws: when the program cannot be started or ends before it is ready.
    init(_ program: String, _ arguments: [String]) throws {
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty {
            if byte[byte.startIndex] == UInt8(ascii: "\n") {
                let words = String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
                if words.first == "READY" {
                    ready = Array(words.dropFirst())
                    return
                }
                line.removeAll()
            } else {
                line.append(byte)
            }
        }
        throw BenchError("\(program) \(arguments.joined(separator: " ")) ended before it was ready")
    }

    /// This very program with other arguments.
    static func ofSelf(_ arguments: [String]) throws -> ChildProcess {
        try ChildProcess(
            try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"), arguments)
    }

    var identifier: Int32 { process.processIdentifier }

    /// Ends the program; one that does not go within five seconds is killed.
    func stop() {
        process.terminate()
        // Waiting through Foundation's run loop can miss the end of a program on Linux.
        for _ in 0..<500 where process.isRunning { usleep(10_000) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// CPU seconds used so far, user and system.
    func cpuSeconds() throws -> Double { try ProcessFigures.cpuSeconds(of: identifier) }

    /// Resident memory in MiB.
    func residentMiB() throws -> Double { try ProcessFigures.residentMiB(of: identifier) }
}

struct BenchError: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

/// What the kernel knows of a process.
enum ProcessFigures {
    static func cpuSeconds(of process: Int32) throws -> Double {
        let text = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        // The program's name, in brackets, may hold blanks.
        guard let close = text.lastIndex(of: ")") else {
            throw BenchError("no figures of process \(process)")
        }
        let fields = text[text.index(after: close)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
            throw BenchError("no figures of process \(process)")
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    static func residentMiB(of process: Int32) throws -> Double {
        let text = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        guard
            let kilobytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({
                Double($0)
            })
        else { throw BenchError("no figures of process \(process)") }
        return kilobytes / 1024
    }

    /// CPU seconds of this process.
    static func ownCPUSeconds() -> Double {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValueAsWho, &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    /// CPU seconds of ended children.
    static func childrenCPUSeconds() -> Double {
        var usage = rusage()
        getrusage(RUSAGE_CHILDREN.rawValueAsWho, &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }
}

extension __rusage_who {
    /// The C library declares the parameter as a plain number.
    fileprivate var rawValueAsWho: Int32 { Int32(rawValue) }
}
