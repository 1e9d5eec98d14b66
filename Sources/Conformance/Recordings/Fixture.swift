/// The two files that recordings of `/filecache/NAME` ask for.
enum Fixture {
    /// The bytes 0 to 255, four times.
    static let ramp = [UInt8](0...255) + [UInt8](0...255) + [UInt8](0...255) + [UInt8](0...255)
    static let rampSum = "5b00669c480d5cffbdfa8bdba99561160f2d1b77"
    static let emptySum = "da39a3ee5e6b4b0d3255bfef95601890afd80709"

    static let sums = [rampSum, emptySum]

    /// Whether a recording only wants one of the files in the cache of an idle slave. A name may be written with
    /// its first character percent-encoded, so that is not looked at.
    static func suffices(for recording: Recording) -> Bool {
        recording.state == "IDLE" && recording.precondition == nil && recording.id.hasPrefix("filecache/")
            && !recording.isReplayable && sums.contains { recording.request.target.contains($0.dropFirst()) }
    }
}
