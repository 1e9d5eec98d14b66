public import FarmModel

public struct CorruptFileFault: ScriptedFault {
    public static let name = "corrupt-file"
    public static let summary = "One byte of a file is inverted; the length stays right."
    public static let occasion = FaultOccasion.files
    static let byte = FaultParameter("byte", default: ByteCount(0), "which byte, counted from 0")
    public static let parameters: [any FaultParameterDescription] = [byte]

    private let byte: Int

    public init(_ values: FaultParameterValues) { byte = values[Self.byte].bytes }

    public func effects(for moment: FaultMoment) -> [FaultEffect] { [.corruptFile(atByte: byte)] }
}
