/// The sections and components an archive knows (ppa spec 3.5).
public struct ArchiveVocabulary: Sendable {
    public var components: Set<String>
    /// Names without component. Sections that begin with `raw-` are always known.
    public var sections: Set<String>

    public init(
        components: Set<String> = ArchiveVocabulary.ubuntuComponents,
        sections: Set<String> = ArchiveVocabulary.debianSections
    ) {
        self.components = components
        self.sections = sections
    }

    /// Why a section is not taken; nil if it is.
    func problem(with section: Section) -> FormatProblem? {
        guard components.contains(section.component) else {
            return FormatProblem(.componentUnknown, "the component \(quoted(section.component)) is not known")
        }
        guard section.isCustom || sections.contains(section.name) else {
            return FormatProblem(.sectionUnknown, "the section \(quoted(section.name)) is not known")
        }
        return nil
    }

    public static let ubuntuComponents: Set<String> = [
        "main", "restricted", "universe", "multiverse", "partner", "contrib", "non-free", "non-free-firmware",
    ]

    public static let debianSections: Set<String> = [
        "admin", "base", "cli-mono", "comm", "database", "debian-installer", "debug", "devel", "doc",
        "editors",
        "education", "electronics", "embedded", "fonts", "games", "gnome", "gnu-r", "gnustep", "golang",
        "graphics",
        "hamradio", "haskell", "httpd", "interpreters", "introspection", "java", "javascript", "kde",
        "kernel",
        "libdevel", "libs", "lisp", "localization", "mail", "math", "metapackages", "misc", "net", "news",
        "ocaml",
        "oldlibs", "otherosfs", "perl", "php", "python", "raku", "ruby", "rust", "science", "shells", "sound",
        "tasks", "tex", "text", "translations", "utils", "vcs", "video", "virtual", "web", "x11", "xfce",
        "zope",
    ]
}
