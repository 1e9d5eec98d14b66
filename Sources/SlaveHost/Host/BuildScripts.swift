public import FarmModel
public import MockSlave

/// What a build on a fake slave is and does.
public struct ScriptedBuild: Hashable, Sendable {
    /// Which attempt at which build it is, for the selectors of fault rules; nil when nobody knows.
    public var run: BuildRun?
    public var script: BuildScript

    public init(run: BuildRun? = nil, script: BuildScript) {
        self.run = run
        self.script = script
    }
}

/// Finds out what a build does, when it begins. Called on the threads of the slaves, for several at a time.
public typealias ScriptSource = @Sendable (BuildOrder) -> ScriptedBuild

/// Makes up the result files of a build, about `bytes` bytes in all. Called away from the slaves' threads.
public typealias ResultGenerator = @Sendable (_ order: BuildOrder, _ bytes: Int) throws -> [GeneratedResult]

/// A result file that was made up.
public struct GeneratedResult: Hashable, Sendable {
    public var name: String
    public var bytes: [UInt8]

    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}
