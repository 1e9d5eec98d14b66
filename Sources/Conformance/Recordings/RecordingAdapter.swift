/// Turns recordings of one slave into what another slave must answer.
///
/// What a slave may say differently is what it says of itself (its Twisted, its build types, its architecture), the
/// age of files that only just came into its cache, and what another release or another Twisted is known to do
/// otherwise; each has its rule here.
struct RecordingAdapter: Sendable {
    let profile: SlaveProfile
    let library: RecordingLibrary
    /// `Last-Modified` of the fixture files in the slave's cache, by their sums.
    let fixtureDates: [String: String]

    init(profile: SlaveProfile, library: RecordingLibrary, fixtureDates: [String: String] = [:]) {
        self.profile = profile
        self.library = library
        self.fixtureDates = fixtureDates
    }

    /// The build types and the architecture of the slaves that were recorded.
    private var recorded: (types: [String], architecture: String) {
        switch profile.dialect {
        case .today:
            let containers = ["livefs", "snap", "oci", "charm", "ci", "rock", "craft"]
            return (["binarypackage", "sourcepackagerecipe", "translation-templates"] + containers, "amd64")
        case .release2010:
            return (["sourcepackagerecipe", "translation-templates", "binarypackage", "debian"], "i386")
        }
    }
    private static let recordedFixtureDate = "Mon, 01 Jan 2024 01:00:00 GMT"

    /// The folder of variants that fits the slave's Twisted; nil for the reference, 24.3.0.
    ///
    /// Releases in between behave like the last one that was run.
    var variant: String? {
        guard let twisted = profile.twisted else { return nil }
        if twisted.lexicographicallyPrecedes([24, 3]) { return "twisted-22.4.0" }
        return twisted.lexicographicallyPrecedes([24, 4]) ? nil : "twisted-25.5.0"
    }

    /// The recording to replay in the place of `recording`, which comes from the reference slave.
    func counterpart(of recording: Recording) -> Recording {
        if recording.id == "proxy_info/idle", !profile.hasProxyInfo {
            return library.base.first { $0.id == "release-206/proxy_info" } ?? recording
        }
        if let variant, let other = library.variants[variant]?[recording.id] { return other }
        return recording
    }

    /// The bytes to send.
    func request(of recording: Recording) -> [UInt8] {
        guard let date = fixtureDate(of: recording) else { return recording.request.bytes }
        return Self.replace(Self.recordedFixtureDate, with: date, in: recording.request.bytes)
    }

    /// The answer that must come.
    func expected(_ answer: HTTPAnswer, of recording: Recording) -> HTTPAnswer {
        var expected = answer
        expected.body = body(answer.body)
        for index in expected.headers.indices {
            switch expected.headers[index].name {
            case "Server":
                expected.headers[index].value = profile.server
            case "Content-Length" where expected.headers[index].value == String(answer.body.count):
                expected.headers[index].value = String(expected.body.count)
            case "Last-Modified":
                if let date = fixtureDate(of: recording) { expected.headers[index].value = date }
            default: break
            }
        }
        return expected
    }

    private func body(_ body: [UInt8]) -> [UInt8] {
        guard !body.isEmpty else { return body }
        let recorded = recorded
        var body = Self.replace(SlaveProfile.quoted(recorded.types), with: profile.quotedBuildTypes, in: body)
        body = Self.replace(Self.values(recorded.types), with: Self.values(profile.buildTypes), in: body)
        return Self.replace(
            Self.values(["1.0", recorded.architecture]), with: Self.values(["1.0", profile.architecture]),
            in: body)
    }

    /// Strings as they stand in an array of an XML-RPC answer.
    private static func values(_ texts: [String]) -> String {
        texts.map { "<value><string>\($0)</string></value>\n" }.joined()
    }

    private func fixtureDate(of recording: Recording) -> String? {
        fixtureDates.first { recording.request.target.contains($0.key.dropFirst()) }?.value
    }

    private static func replace(_ part: String, with other: String, in bytes: [UInt8]) -> [UInt8] {
        let part = Array(part.utf8)
        guard let first = part.first, bytes.count >= part.count else { return bytes }
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == first, bytes[index...].starts(with: part) {
                result += other.utf8
                index += part.count
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }
}
