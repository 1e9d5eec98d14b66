public import FarmModel

public struct TruncatedFileFault: ScriptedFault {
    public static let name = "truncated-file"
    public static let summary = "A file ends early, by a close, although Content-Length promised all of it."
    public static let occasion = FaultOccasion.files
    static let bytes = FaultParameter("bytes", default: ByteCount(10), "how much of the file is sent")
    public static let parameters: [any FaultParameterDescription] = [bytes]

    private let bytes: Int

    public init(_ values: FaultParameterValues) { bytes = values[Self.bytes].bytes }

    public func effects(for moment: FaultMoment) -> [FaultEffect] { [.truncateFile(afterBytes: bytes)] }
}
