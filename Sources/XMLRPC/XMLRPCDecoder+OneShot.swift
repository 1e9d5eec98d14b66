/// For those who decode one document now and then; whoever decodes many keeps a decoder.
extension XMLRPCDecoder {
    /// Reads a call.
    /// - Throws: what is wrong with the document; `responseInsteadOfCall` and `faultInsteadOfCall` for an answer.
    public static func decodeCall(
        _ bytes: UnsafeRawBufferPointer, reading: XMLRPCReading = .lenient,
        limits: XMLRPCLimits = XMLRPCLimits()
    ) throws(XMLRPCDecodingError) -> XMLRPCCall {
        try XMLRPCDecoder(reading: reading, limits: limits).decodeCall(bytes)
    }

    /// Reads an answer.
    /// - Throws: what is wrong with the document; `callInsteadOfResponse` for a call.
    public static func decodeResponse(
        _ bytes: UnsafeRawBufferPointer, reading: XMLRPCReading = .strict,
        limits: XMLRPCLimits = XMLRPCLimits()
    ) throws(XMLRPCDecodingError) -> XMLRPCResponse {
        try XMLRPCDecoder(reading: reading, limits: limits).decodeResponse(bytes)
    }

    /// Reads a call.
    public static func decodeCall(
        _ bytes: [UInt8], reading: XMLRPCReading = .lenient, limits: XMLRPCLimits = XMLRPCLimits()
    ) throws(XMLRPCDecodingError) -> XMLRPCCall {
        try XMLRPCDecoder(reading: reading, limits: limits).decodeCall(bytes)
    }

    /// Reads an answer.
    public static func decodeResponse(
        _ bytes: [UInt8], reading: XMLRPCReading = .strict, limits: XMLRPCLimits = XMLRPCLimits()
    ) throws(XMLRPCDecodingError) -> XMLRPCResponse {
        try XMLRPCDecoder(reading: reading, limits: limits).decodeResponse(bytes)
    }

    /// Reads a document.
    public func decode(_ bytes: [UInt8]) throws(XMLRPCDecodingError) -> XMLRPCMessage {
        try bytes.withUnsafeBufferPointer { document throws(XMLRPCDecodingError) in
            try decode(UnsafeRawBufferPointer(document))
        }
    }

    /// Reads a call.
    public func decodeCall(_ bytes: [UInt8]) throws(XMLRPCDecodingError) -> XMLRPCCall {
        try bytes.withUnsafeBufferPointer { document throws(XMLRPCDecodingError) in
            try decodeCall(UnsafeRawBufferPointer(document))
        }
    }

    /// Reads an answer.
    public func decodeResponse(_ bytes: [UInt8]) throws(XMLRPCDecodingError) -> XMLRPCResponse {
        try bytes.withUnsafeBufferPointer { document throws(XMLRPCDecodingError) in
            try decodeResponse(UnsafeRawBufferPointer(document))
        }
    }
}
