// The order of versions (versions spec 1, rules 2-7).

extension DebianVersion: Comparable, Hashable {
    public static func < (lhs: DebianVersion, rhs: DebianVersion) -> Bool { lhs.order(against: rhs) < 0 }

    public static func == (lhs: DebianVersion, rhs: DebianVersion) -> Bool { lhs.order(against: rhs) == 0 }

    public func hash(into hasher: inout Hasher) { hasher.combine(sortKey) }

    /// Negative if this version is the lower one, positive if it is the higher one, 0 if both are equal.
    private func order(against other: DebianVersion) -> Int {
        if epoch != other.epoch { return epoch < other.epoch ? -1 : 1 }
        let upstreams = Self.order(of: upstream.utf8, against: other.upstream.utf8)
        if upstreams != 0 { return upstreams }
        return Self.order(of: (revision ?? "0").utf8, against: (other.revision ?? "0").utf8)
    }

    /// Walks through two texts at once, alternating between runs of non-digits and runs of digits.
    private static func order(of left: String.UTF8View, against right: String.UTF8View) -> Int {
        var left = left[...]
        var right = right[...]
        while !left.isEmpty || !right.isEmpty {
            // The end of a run weighs 0 on both sides, whether the text ends there or digits follow.
            while true {
                let weights = (left.first.map(weight) ?? 0, right.first.map(weight) ?? 0)
                if weights.0 != weights.1 { return weights.0 < weights.1 ? -1 : 1 }
                if weights.0 == 0 { break }
                left.removeFirst()
                right.removeFirst()
            }
            let digits = orderOfLeadingNumbers(&left, &right)
            if digits != 0 { return digits }
        }
        return 0
    }

    /// Takes a number off both texts. The numbers may have any length; a missing one is 0.
    private static func orderOfLeadingNumbers(
        _ left: inout Substring.UTF8View, _ right: inout Substring.UTF8View
    ) -> Int {
        left = left.drop(while: { $0 == UInt8(ascii: "0") })
        right = right.drop(while: { $0 == UInt8(ascii: "0") })
        var firstDifference = 0
        while let a = left.first, let b = right.first, ASCII.isDigit(a), ASCII.isDigit(b) {
            if firstDifference == 0, a != b { firstDifference = a < b ? -1 : 1 }
            left.removeFirst()
            right.removeFirst()
        }
        // Without leading zeros the longer number is the larger one.
        if let a = left.first, ASCII.isDigit(a) { return 1 }
        if let b = right.first, ASCII.isDigit(b) { return -1 }
        return firstDifference
    }

    /// `~` before the end of the run (0) before letters before everything else.
    private static func weight(_ byte: UInt8) -> Int {
        if ASCII.isDigit(byte) { return 0 }
        if byte == UInt8(ascii: "~") { return -1 }
        return ASCII.isLetter(byte) ? Int(byte) : Int(byte) + 0x100
    }
}
