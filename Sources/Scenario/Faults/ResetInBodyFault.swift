public import FarmModel

public struct ResetInBodyFault: ScriptedFault {
    public static let name = "reset-in-body"
    public static let summary = "The connection is reset in the middle of the answer's body."
    public static let occasion = FaultOccasion.requests
    static let bytes = FaultParameter(
        "bytes", default: ByteCount(20), "how much of the body is sent before the reset")
    public static let parameters: [any FaultParameterDescription] = [bytes]

    private let bytes: Int

    public init(_ values: FaultParameterValues) { bytes = values[Self.bytes].bytes }

    public func effects(for moment: FaultMoment) -> [FaultEffect] { [.resetInBody(afterBytes: bytes)] }
}
