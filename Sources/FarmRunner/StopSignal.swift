import Glibc
import UnixSignals

/// Waits for SIGINT or SIGTERM, or until the task is cancelled. Afterwards both signals do again what they do by
/// default, so that whoever cannot wait for an orderly stop asks a second time.
package func waitForStopSignal() async {
    for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { break }
    signal(SIGINT, SIG_DFL)
    signal(SIGTERM, SIG_DFL)
}
