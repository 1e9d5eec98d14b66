public import FarmModel

public struct RPCFault: ScriptedFault {
    public static let name = "rpc-fault"
    public static let summary = "A call is answered by an XML-RPC fault and has no other effect."
    public static let occasion = FaultOccasion.calls([])
    static let code = FaultParameter(
        "code", default: 8001, in: Int(Int32.min)...Int(Int32.max), "the fault's code")
    static let text = FaultParameter("text", default: "Broken worker", "the fault's text")
    public static let parameters: [any FaultParameterDescription] = [code, text]

    private let code: Int
    private let text: String

    public init(_ values: FaultParameterValues) {
        code = values[Self.code]
        text = values[Self.text]
    }

    public func effects(for moment: FaultMoment) -> [FaultEffect] { [.answerFault(code: code, text: text)] }
}
