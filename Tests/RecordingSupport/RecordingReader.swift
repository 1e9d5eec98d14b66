import Foundation
import OrderedCollections
import XMLRPC

/// Turns the JSON document of a recording into a typed exchange.
struct RecordingReader {
    var path: String
    var document: XMLRPCValue

    func exchange(variant: String?) throws -> RecordedExchange {
        let own = try text("id")
        let daemon = try member("daemon")
        return RecordedExchange(
            id: variant.map { "\($0)/\(own)" } ?? own, group: try text("group"), title: try text("title"),
            daemon: .init(
                release: try text("launchpad-buildd", of: daemon), twisted: try text("twisted", of: daemon),
                python: try text("python", of: daemon)),
            variant: variant, state: try text("state"), stateAfter: try text("state_after"),
            precondition: document.structValue?["precondition"]?.stringValue,
            request: try request(member("request")), responses: try responses(),
            staysOpen: try text("connection_after") == "open", rpc: try rpc(),
            isReplayable: document.structValue?["replayable"]?.booleanValue ?? false,
            normalised: document.structValue?["normalised"]?.arrayValue?.compactMap(\.stringValue) ?? [],
            notes: document.structValue?["notes"]?.stringValue)
    }

    // Members.

    private func member(_ name: String, of value: XMLRPCValue? = nil) throws -> XMLRPCValue {
        guard let found = (value ?? document).structValue?[name] else {
            throw RecordingError("\(path): no member '\(name)'")
        }
        return found
    }

    private func text(_ name: String, of value: XMLRPCValue? = nil) throws -> String {
        guard let text = try member(name, of: value).stringValue else {
            throw RecordingError("\(path): '\(name)' is no text")
        }
        return text
    }

    /// The bytes of `NAME`, which is text, or of `NAME_base64`.
    private func bytes(_ name: String, of value: XMLRPCValue) throws -> [UInt8] {
        if let text = value.structValue?[name]?.stringValue { return Array(text.utf8) }
        return try base64(text("\(name)_base64", of: value))
    }

    private func base64(_ text: String) throws -> [UInt8] {
        guard let data = Data(base64Encoded: text) else { throw RecordingError("\(path): bad base64") }
        return Array(data)
    }

    // HTTP.

    private func headers(of value: XMLRPCValue) throws -> [RecordedExchange.Header] {
        try (member("headers", of: value).arrayValue ?? []).map { pair in
            guard let pair = pair.arrayValue, pair.count == 2, let name = pair[0].stringValue,
                let value = pair[1].stringValue
            else { throw RecordingError("\(path): a header is no pair of texts") }
            return .init(name: name, value: value)
        }
    }

    private func request(_ value: XMLRPCValue) throws -> RecordedExchange.Request {
        if value.structValue?["raw"]?.booleanValue == true { return .raw(try bytes("bytes", of: value)) }
        return .http(
            method: try text("method", of: value), target: try text("target", of: value),
            version: try text("version", of: value), headers: try headers(of: value),
            body: try bytes("body", of: value))
    }

    private func responses() throws -> [RecordedExchange.Response] {
        if let several = document.structValue?["responses"]?.arrayValue { return try several.map(response) }
        return [try response(member("response"))]
    }

    private func response(_ value: XMLRPCValue) throws -> RecordedExchange.Response {
        if value.structValue?["none"]?.booleanValue == true {
            guard let how = RecordedExchange.Silence(rawValue: try text("how", of: value)) else {
                throw RecordingError("\(path): unknown silence")
            }
            return .none(how: how, bytes: try bytes("bytes", of: value))
        }
        guard let status = try member("status", of: value).intValue,
            let framing = RecordedExchange.Framing(rawValue: try text("framing", of: value))
        else { throw RecordingError("\(path): bad status or framing") }
        return .http(
            .init(
                version: try text("version", of: value), status: Int(status),
                reason: try text("reason", of: value), headers: try headers(of: value), framing: framing,
                body: try bytes("body", of: value)))
    }

    // Calls.

    private func rpc() throws -> RecordedExchange.RPC? {
        guard let rpc = document.structValue?["rpc"] else { return nil }
        let members = rpc.structValue ?? [:]
        let parameters = try members["params"]?.arrayValue?.map(typed)
        var response: XMLRPCResponse?
        if let result = members["result"] {
            response = try typed(result).map { .success($0) }
        } else if let fault = members["fault"] {
            guard let code = try member("code", of: fault).intValue else {
                throw RecordingError("\(path): a fault without a code")
            }
            response = .fault(XMLRPCFault(code: code, text: try text("string", of: fault)))
        }
        let expressible = parameters.map { $0.compactMap { $0 } }
        return .init(
            method: members["method"]?.stringValue,
            parameters: expressible?.count == parameters?.count ? expressible : nil, response: response)
    }

    /// A value such as `{"string": "x"}`; nil for one that cannot be expressed.
    private func typed(_ value: XMLRPCValue) throws -> XMLRPCValue? {
        guard let members = value.structValue, members.count == 1,
            let (type, content) = members.elements.first
        else { throw RecordingError("\(path): a value without one type") }
        switch (type, content) {
        case ("string", .string), ("int", .int), ("int", .bigInteger), ("boolean", .boolean), ("nil", .nil):
            return content
        case ("double", .double): return content
        case ("double", .int(let number)): return .double(Double(number))
        case ("double", .string(let text)):
            guard let number = Double(text) else { throw RecordingError("\(path): bad double") }
            return .double(number)
        case ("base64", .string(let text)): return .base64(try base64(text))
        case ("dateTime.iso8601", .string(let text)): return .dateTime(text)
        case ("array", .array(let elements)):
            let typed = try elements.map(typed)
            return typed.contains { $0 == nil } ? nil : .array(typed.compactMap { $0 })
        case ("struct", .structure(let members)):
            var typedMembers: OrderedDictionary<String, XMLRPCValue> = [:]
            for (name, member) in members {
                guard let member = try typed(member) else { return nil }
                typedMembers[name] = member
            }
            return .structure(typedMembers)
        case ("other", .string(let text)) where text.hasPrefix("Decimal('") && text.hasSuffix("')"):
            return .bigDecimal(String(text.dropFirst("Decimal('".count).dropLast(2)))
        case ("other", _): return nil
        default: throw RecordingError("\(path): unknown type '\(type)'")
        }
    }
}
