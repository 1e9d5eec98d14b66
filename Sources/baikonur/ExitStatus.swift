import ArgumentParser
import FarmModel
import Scenario

/// How the program ends; 0 and 64 (wrong usage) are as everywhere.
enum ExitStatus {
    /// An expectation does not hold, or what was asked for cannot be done.
    static let failed = ExitCode.failure
    /// No expectation failed, but a fault that was to be injected was not: the run proves nothing.
    static let inconclusive = ExitCode(2)
    /// The farm could not be run.
    static let broken = ExitCode(3)
    /// The scenario file has mistakes.
    static let mistaken = ExitCode(65)
    /// Somebody stopped the run.
    static let interrupted = ExitCode(130)

    /// For the help of commands that end in a verdict.
    static let help = """
        Exit status: 0 every expectation holds; 1 one does not; 2 none fails, but a fault never struck, so the run \
        proves nothing; 3 the farm could not be run; 65 the scenario has mistakes; 130 interrupted.
        """
}
