public import FarmModel
import Glibc

extension Instant {
    /// What the system's clock says.
    public static var systemTime: Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
