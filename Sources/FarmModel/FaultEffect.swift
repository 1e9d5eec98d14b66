/// What a scripted fault does, in the closed vocabulary that the fakes know how to carry out.
///
/// A fault of the catalogue (one file each, in the room `Scenario`) gives a list of these for a connection, a
/// call, a file, a build or a reset; the wire effects are carried out by the slave host, the others by the slave
/// itself. The order in a list is the order in which the effects apply.
public enum FaultEffect: Hashable, Sendable {
    // The connection.

    /// Connections are refused: the slave's listener is closed while the fault lasts.
    case refuseConnections
    /// The connection is accepted and the request read, but nothing is ever answered.
    case neverAnswer
    /// The answer is held back for this long.
    case delay(Duration)
    /// RST after this many bytes of the answer's body (0: right after the headers).
    case resetInBody(afterBytes: Int)
    /// RST before the first byte of the answer.
    case resetBeforeAnswer

    // The answer.

    /// An RPC answer's body is replaced by these bytes; Content-Length fits them.
    case replaceBody([UInt8])
    /// The call is answered by this XML-RPC fault and has no other effect on the slave.
    case answerFault(code: Int, text: String)
    /// A served file ends after this many bytes, by a close, although Content-Length promised all of it.
    case truncateFile(afterBytes: Int)
    /// A served file has the byte at this offset inverted; the length stays right.
    case corruptFile(atByte: Int)

    // The slave.

    /// The slave forgets its build and is IDLE, as after a restart of the daemon.
    case forgetBuild
    /// `status` reports this build id instead of the true one, while the slave has a build.
    case reportBuildID(String)
    /// `build` answers this pair; the slave's state does not change.
    case answerBuild(status: String, information: String)
    /// The slave stays ABORTING for good after an `abort`.
    case neverFinishAborting

    // The build.

    /// The build ends this way whatever its script says.
    case outcome(BuildScript.Outcome)

    // The reset command of a virtual slave.

    /// The reset command fails with this exit status; nothing is reset.
    case resetFails(exitStatus: Int)
    /// The reset command never ends.
    case resetHangs
    /// The reset command says it succeeded, but nothing is reset.
    case resetLies
}
