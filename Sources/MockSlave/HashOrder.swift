import FarmModel
import OrderedCollections
import XMLRPC

/// The order of struct members that slaves of the 2010 dialect send (protocol spec 16).
enum HashOrder {
    /// The value with the members of all its structs in hash order.
    static func applied(to value: XMLRPCValue) -> XMLRPCValue {
        switch value {
        case .array(let elements):
            return .array(elements.map(applied(to:)))
        case .structure(let members):
            var ordered: OrderedDictionary<String, XMLRPCValue> = [:]
            for name in PythonHashOrder.order(of: Array(members.keys)) {
                ordered[name] = members[name].map(applied(to:))
            }
            return .structure(ordered)
        default:
            return value
        }
    }
}
