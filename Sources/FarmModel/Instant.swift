/// A point in time, in nanoseconds since 1970-01-01 00:00:00 UTC.
///
/// Every core takes `now` as an argument of this type and never reads a clock, so the same values run under
/// the wall clock and under the virtual time of a simulation. Sums that leave the range (the years 1677 to 2262)
/// stop at its end, because lengths of time come from files that people write.
public struct Instant: Hashable, Comparable, Sendable {
    /// Nanoseconds since the Unix epoch; negative before it.
    public var nanoseconds: Int64

    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// - Parameter seconds: whole seconds since the Unix epoch.
    public init(seconds: Int64) { self.nanoseconds = Saturating.product(seconds, 1_000_000_000) }

    /// 1970-01-01 00:00:00 UTC; the usual start of virtual time.
    public static let epoch = Instant(nanoseconds: 0)

    /// Whole seconds since the Unix epoch, rounded down.
    public var wholeSeconds: Int64 {
        let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return remainder < 0 ? quotient - 1 : quotient
    }

    public static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.nanoseconds < rhs.nanoseconds }

    public static func + (lhs: Instant, rhs: Duration) -> Instant {
        Instant(nanoseconds: Saturating.sum(lhs.nanoseconds, rhs.wholeNanoseconds))
    }

    public static func - (lhs: Instant, rhs: Duration) -> Instant {
        Instant(nanoseconds: Saturating.difference(lhs.nanoseconds, rhs.wholeNanoseconds))
    }

    /// The time from `rhs` to `lhs`; negative when `rhs` is later.
    public static func - (lhs: Instant, rhs: Instant) -> Duration {
        .nanoseconds(Saturating.difference(lhs.nanoseconds, rhs.nanoseconds))
    }
}

extension Duration {
    /// The duration in nanoseconds; a part below one nanosecond is dropped, and 292 years are the most.
    public var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return Saturating.sum(
            Saturating.product(seconds, 1_000_000_000), attoseconds / 1_000_000_000)
    }

    /// The duration in seconds.
    public var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}

/// Arithmetic that stops at the ends of the range.
private enum Saturating {
    static func sum(_ left: Int64, _ right: Int64) -> Int64 {
        let (value, overflow) = left.addingReportingOverflow(right)
        return overflow ? (right < 0 ? .min : .max) : value
    }

    static func difference(_ left: Int64, _ right: Int64) -> Int64 {
        let (value, overflow) = left.subtractingReportingOverflow(right)
        return overflow ? (right < 0 ? .max : .min) : value
    }

    static func product(_ left: Int64, _ right: Int64) -> Int64 {
        let (value, overflow) = left.multipliedReportingOverflow(by: right)
        return overflow ? ((left < 0) == (right < 0) ? .max : .min) : value
    }
}
