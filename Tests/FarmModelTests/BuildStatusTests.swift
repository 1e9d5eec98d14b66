import FarmModel
import Testing

@Suite("Statuses and their changes")
struct BuildStatusTests {
    /// Manager spec 1.4 as a grid: rows from, columns to, both by stored value; `+` allowed.
    private static let grid = [
        "++++++++++++",  // 0 NEEDSBUILD
        ".+..........",  // 1 FULLYBUILT
        "+.+.........",  // 2 FAILEDTOBUILD
        "+..+........",  // 3 MANUALDEPWAIT
        "+...+.......",  // 4 CHROOTWAIT
        ".....+......",  // 5 SUPERSEDED
        "++++++++++++",  // 6 BUILDING
        "+......+....",  // 7 FAILEDTOUPLOAD
        ".+...+.++...",  // 8 UPLOADING
        ".........++.",  // 9 CANCELLING
        "+.........+.",  // 10 CANCELLED
        "+.+.....+..+",  // 11 GATHERING
    ].map(Array.init)

    @Test("every pair of statuses may change or not as the table says", arguments: 0..<12, 0..<12)
    func transitions(from: Int, to: Int) throws {
        let old = try #require(BuildStatus(rawValue: from))
        let new = try #require(BuildStatus(rawValue: to))
        #expect(old.mayChange(to: new) == (Self.grid[from][to] == "+"))
    }

    @Test("stored values and names are those of the original")
    func names() {
        #expect(
            BuildStatus.allCases.map { "\($0.rawValue) \($0.name)" } == [
                "0 NEEDSBUILD", "1 FULLYBUILT", "2 FAILEDTOBUILD", "3 MANUALDEPWAIT", "4 CHROOTWAIT",
                "5 SUPERSEDED", "6 BUILDING", "7 FAILEDTOUPLOAD", "8 UPLOADING", "9 CANCELLING",
                "10 CANCELLED",
                "11 GATHERING",
            ])
        for status in BuildStatus.allCases { #expect(BuildStatus(name: status.name) == status) }
        #expect(BuildStatus(name: "BUILT") == nil)
        #expect(BuildStatus(name: "needsbuild") == nil)
        #expect(QueueStatus.allCases.map(\.name) == ["WAITING", "RUNNING", "CANCELLING", "SUSPENDED"])
        #expect(QueueStatus.allCases.map(\.rawValue) == [0, 1, 2, 3])
        #expect(CleanStatus.allCases.map(\.name) == ["CLEAN", "DIRTY", "CLEANING"])
        #expect(CleanStatus.allCases.map(\.rawValue) == [0, 1, 2])
        #expect(ResetProtocol.allCases.map(\.name) == ["1.1", "2.0"])
        #expect(ResetProtocol.allCases.map(\.rawValue) == [11, 20])
    }

    @Test("a queue entry exists in four statuses, and UPLOADING alone is neither queued nor final")
    func queueEntries() {
        #expect(
            BuildStatus.allCases.filter(\.hasQueueEntry) == [.needsBuild, .building, .cancelling, .gathering])
        #expect(BuildStatus.allCases.filter { !$0.hasQueueEntry && !$0.isFinal } == [.uploading])
        #expect(BuildStatus.allCases.allSatisfy { !($0.hasQueueEntry && $0.isFinal) })
    }

    @Test("six statuses may be retried")
    func retries() {
        #expect(
            BuildStatus.allCases.filter(\.mayBeRetried) == [
                .failedToBuild, .manualDepWait, .chrootWait, .superseded, .failedToUpload, .cancelled,
            ])
    }
}
