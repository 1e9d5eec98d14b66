import FarmModel

/// The newest of the lines that tell people what happened, with the number of all that there were.
package struct HeadlineList: Hashable, Sendable {
    private static let kept = 50

    /// Oldest first.
    package private(set) var newest: [String] = []
    /// How many there were, those that are no longer kept included.
    package private(set) var count = 0

    package init() {}

    package mutating func add(_ text: String) {
        newest.append(ForeignText.shown(text))
        if newest.count > Self.kept { newest.removeFirst() }
        count += 1
    }

    /// What was added since there were `count` headlines; of very many the newest.
    package func added(since count: Int) -> ArraySlice<String> { newest.suffix(max(0, self.count - count)) }
}
