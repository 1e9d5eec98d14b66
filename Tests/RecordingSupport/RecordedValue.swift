package import XMLRPC

extension XMLRPCResponse {
    /// Whether this answer is the recorded one: the same types, members in the same order, the same bytes.
    ///
    /// The recordings were decoded by an XML reader, which gives a carriage return written as such back as a
    /// newline; and a number that is none counts as equal to itself.
    package func matches(recorded: XMLRPCResponse) -> Bool {
        switch (self, recorded) {
        case (.fault(let own), .fault(let other)): own == other
        case (.success(let own), .success(let other)): own.matches(other)
        default: false
        }
    }
}

extension XMLRPCValue {
    fileprivate func matches(_ recorded: XMLRPCValue) -> Bool {
        switch (self, recorded) {
        case (.string(let own), .string(let other)):
            return own == other || own.asRead == other
        case (.double(let own), .double(let other)):
            return own == other || (own.isNaN && other.isNaN)
        case (.array(let own), .array(let other)):
            return own.count == other.count && zip(own, other).allSatisfy { $0.matches($1) }
        case (.structure(let own), .structure(let other)):
            return own.count == other.count
                && zip(own, other).allSatisfy { $0.key == $1.key && $0.value.matches($1.value) }
        default:
            return self == recorded
        }
    }
}

extension String {
    /// The text with the line ends that an XML reader gives.
    fileprivate var asRead: String {
        var result = String.UnicodeScalarView()
        var wasReturn = false
        for scalar in unicodeScalars {
            if scalar == "\r" {
                result.append("\n")
            } else if !(scalar == "\n" && wasReturn) {
                result.append(scalar)
            }
            wasReturn = scalar == "\r"
        }
        return String(result)
    }
}
