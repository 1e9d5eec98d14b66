/// The element names that mean something; whatever stands before a colon does not count for today's peer.
enum Tag: UInt8 {
    case methodCall, methodResponse, methodName, params, param, fault
    case value, array, data, structure, member, name
    case int, boolean, double, bigDecimal, string, base64, dateTime, `nil`
    /// Any other name.
    case foreign

    init(_ name: ElementName, peer: XMLRPCPeer) {
        self = Tag(known: name.local)
        switch peer {
        case .python3:
            if self == .foreign, let last = name.afterLastColon { self = Tag(known: last) }
        case .python2:
            if name.prefix != nil || Tag.unknownToPython2.contains(where: { name.isLocal($0) }) {
                self = .foreign
            }
        }
    }

    private init(known name: UnsafePointer<UInt8>) {
        func matches(_ word: StaticString) -> Bool { ElementName(local: name, prefix: nil).isLocal(word) }
        // By the first letter, so that most names cost one comparison.
        self =
            switch name[0] {
            case UInt8(ascii: "v"): matches("value") ? .value : .foreign
            case UInt8(ascii: "m"):
                if matches("member") {
                    .member
                } else if matches("methodName") {
                    .methodName
                } else if matches("methodCall") {
                    .methodCall
                } else if matches("methodResponse") {
                    .methodResponse
                } else {
                    .foreign
                }
            case UInt8(ascii: "n"): matches("name") ? .name : matches("nil") ? .nil : .foreign
            case UInt8(ascii: "s"): matches("string") ? .string : matches("struct") ? .structure : .foreign
            case UInt8(ascii: "i"):
                matches("int") || matches("i4") || matches("i8") || matches("i1") || matches("i2")
                    ? .int : .foreign
            case UInt8(ascii: "p"): matches("param") ? .param : matches("params") ? .params : .foreign
            case UInt8(ascii: "d"):
                if matches("data") {
                    .data
                } else if matches("double") {
                    .double
                } else if matches("dateTime.iso8601") {
                    .dateTime
                } else {
                    .foreign
                }
            case UInt8(ascii: "a"): matches("array") ? .array : .foreign
            case UInt8(ascii: "b"):
                if matches("base64") {
                    .base64
                } else if matches("boolean") {
                    .boolean
                } else if matches("biginteger") {
                    .int
                } else if matches("bigdecimal") {
                    .bigDecimal
                } else {
                    .foreign
                }
            case UInt8(ascii: "f"): matches("fault") ? .fault : matches("float") ? .double : .foreign
            default: .foreign
            }
    }

    private static let unknownToPython2: [StaticString] = ["i1", "i2", "biginteger", "float", "bigdecimal"]

    /// The name to say in messages; of several spellings the usual one.
    var spelling: String {
        switch self {
        case .structure: "struct"
        case .dateTime: "dateTime.iso8601"
        case .bigDecimal: "bigdecimal"
        case .foreign: "unknown element"
        default: "\(self)"
        }
    }

    /// The real slave does something at the end of these; the others it only passes through.
    var isHandledByPeer: Bool {
        switch self {
        case .methodCall, .methodResponse, .param, .data, .member, .foreign: false
        default: true
        }
    }

    /// A type that holds text only.
    var isScalar: Bool {
        switch self {
        case .int, .boolean, .double, .bigDecimal, .string, .base64, .dateTime, .nil: true
        default: false
        }
    }

    /// Looks at the text when it ends, whatever stood inside; `value` does so only when nothing did.
    var readsText: Bool { isScalar || self == .name || self == .methodName }

    /// What may stand directly inside `value`.
    var isType: Bool { isScalar || self == .array || self == .structure }
}
