import FarmModel
import MockSlave
import NIOCore
import Scenario

/// The machine that a slave runs on: its power, its listener and the reset command.
extension SlaveRuntime {
    /// Puts the machine into a state of power; see `SlavePower`.
    func setPower(_ wanted: SlavePower) {
        guard wanted != power, power != .dead || wanted == .off else { return }
        power = wanted
        note(.power(wanted))
        if wanted == .on {
            if hasRun { handle(.restart) }
            hasRun = true
        } else {
            stopEverything(byReset: wanted != .off)
        }
        updateListening()
        scheduleWake()
    }

    /// The daemon restarts: connections end, the slave forgets its build.
    func restart() {
        guard power == .on else { return }
        stopEverything(byReset: false)
        handle(.restart)
    }

    /// The virtual machine is set back to its beginning and runs.
    func reset() {
        stopEverything(byReset: true)
        power = .on
        hasRun = true
        handle(.reset)
        updateListening()
    }

    /// What the reset command comes to, with the faults of the moment; see `ResetOutcome`.
    func runResetCommand() -> ResetOutcome {
        moments.resets += 1
        let decision = decide(.reset, number: moments.resets)
        let outcome = ResetOutcome(slave: name, effects: decision.effects)
        note(.resetCommand(exitStatus: outcome.exitStatus), decision)
        if outcome.resets { reset() }
        applyToSlave(decision.effects)
        return outcome
    }

    /// Answers that clients still wait for.
    var pendingAnswers: Int { calls.count + connections.values.count { $0.isAnswering } }

    /// Accepts no connection any more; those that wait for nothing are closed.
    func drain() {
        listener?.isWanted(false)
        for connection in connections.values where !connection.isAnswering { connection.close() }
    }

    private func stopEverything(byReset: Bool) {
        cancelTasks()
        calls = [:]
        for connection in connections.values { byReset ? connection.reset() : connection.hangUp() }
    }

    /// Opens or closes the listener, by the power and the faults of the moment.
    func updateListening() {
        listening.task?.cancel()
        listening.task = nil
        if var source = faults {
            let before = listening.decision
            listening.decision = source.listening(at: now)
            faults = source
            if before.refusedBy != listening.decision.refusedBy { noteListening() }
        }
        if power == .on, let change = listening.decision.changesAt {
            listening.task = schedule(at: change) { $0.updateListening() }
        }
        listener?.isWanted(power == .on && !listening.decision.isRefused)
    }
}
