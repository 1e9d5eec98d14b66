/// How long and how much a run waits for and takes in.
package struct ConformanceLimits: Hashable, Sendable {
    /// For a connection to be there.
    package var connect: Duration = .seconds(5)
    /// For the next bytes of an answer.
    package var answer: Duration = .seconds(20)
    /// How long a connection must stay silent after an answer to count as left open.
    package var settle: Duration = .milliseconds(250)
    /// For a build to end by itself.
    package var build: Duration = .seconds(120)
    /// For an aborted build to end; the real slave gives up after 120 s (protocol spec 12).
    package var abort: Duration = .seconds(150)
    /// For the main step of a build to show in the log, before the build is aborted all the same.
    package var mainStep: Duration = .seconds(1)
    /// Between two looks at a slave whose state is to change.
    package var poll: Duration = .milliseconds(50)
    /// Bytes of one answer.
    package var answerBytes = 64 << 20
    /// Recordings replayed at the same time, each over a connection of its own.
    package var connections = 8
    /// Answers that fail to come, one after the other, before the slave is given up.
    package var unanswered = 5

    package init() {}
}
