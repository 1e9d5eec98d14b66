import UnixSignals

/// Waits for SIGINT or SIGTERM, or until the task is cancelled.
package func waitForStopSignal() async {
    for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { return }
}
