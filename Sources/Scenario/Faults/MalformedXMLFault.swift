public import FarmModel

public struct MalformedXMLFault: ScriptedFault {
    public static let name = "malformed-xml"
    public static let summary = "The body of an RPC answer is replaced by text that is no XML-RPC."
    public static let occasion = FaultOccasion.calls([])
    static let text = FaultParameter("text", default: "<methodResponse><params>", "the body that is sent")
    public static let parameters: [any FaultParameterDescription] = [text]

    private let body: [UInt8]

    public init(_ values: FaultParameterValues) { body = Array(values[Self.text].utf8) }

    public func effects(for moment: FaultMoment) -> [FaultEffect] { [.replaceBody(body)] }
}
