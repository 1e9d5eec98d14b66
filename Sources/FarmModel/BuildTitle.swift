/// The name by which people, selectors and the event log know a build: `SOURCE_VERSION_ARCHITECTURE`, the version
/// without its epoch.
public enum BuildTitle {
    public static func make(source: String, version: String, architecture: String) -> String {
        "\(source)_\(withoutEpoch(version))_\(architecture)"
    }

    /// A version as it stands in file names.
    public static func withoutEpoch(_ version: String) -> String {
        version.firstIndex(of: ":").map { String(version[version.index(after: $0)...]) } ?? version
    }
}
