public import XMLRPC

/// What a slave says of itself in answer to `status`, read from either dialect and believed as little as
/// possible: members of the wrong type are errors, unknown members are ignored, absent ones are nil (protocol
/// spec 5, 16 and 19.7–19.9).
public struct SlaveStatus: Hashable, Sendable {
    /// The state as the slave spells it, such as `BuilderStatus.IDLE`; it may be a word nobody knows.
    public var stateText: String
    /// The installed package's version, when the slave knows it.
    public var version: String?
    /// The id of the slave's build, as text.
    public var buildID: String?
    /// The last bytes of the build log, unchecked.
    public var logTail: [UInt8]?
    /// How the build ended as the slave spells it, such as `BuildStatus.OK`.
    public var resultText: String?
    /// Result files by name, in the order given. Neither names nor sums are checked here.
    public var filemap: [FilemapEntry]
    /// The unmet relation of a DEPFAIL.
    public var dependencies: String?

    /// A result file as the slave announces it.
    public struct FilemapEntry: Hashable, Sendable {
        public var name: String
        public var sum: String

        public init(name: String, sum: String) {
            self.name = name
            self.sum = sum
        }
    }

    /// The state, or nil when the slave's word for it is none of the known ones.
    public var state: BuilderState? { BuilderState(wireText: stateText) }

    public init(
        stateText: String, version: String? = nil, buildID: String? = nil, logTail: [UInt8]? = nil,
        resultText: String? = nil, filemap: [FilemapEntry] = [], dependencies: String? = nil
    ) {
        self.stateText = stateText
        self.version = version
        self.buildID = buildID
        self.logTail = logTail
        self.resultText = resultText
        self.filemap = filemap
        self.dependencies = dependencies
    }

    /// Reads the result of `status`: a struct (release 120 and later) or an array (before).
    ///
    /// - Throws: `BuilddProtocolError` when the value is neither, lacks the state, or has a member of a wrong
    ///   type.
    public init(decoding value: XMLRPCValue) throws(BuilddProtocolError) {
        switch value {
        case .structure:
            let reader = StatusStructReader(value: value)
            self.init(
                stateText: try reader.text("builder_status", required: true) ?? "",
                version: try reader.text("builder_version"),
                buildID: try reader.text("build_id"),
                logTail: try reader.bytes("logtail"),
                resultText: try reader.text("build_status"),
                filemap: try reader.filemap("filemap"),
                dependencies: try reader.text("dependencies"))
        case .array(let elements):
            try self.init(elements2010: elements)
        default:
            throw BuilddProtocolError("status is neither a struct nor an array")
        }
    }

    private init(elements2010 elements: [XMLRPCValue]) throws(BuilddProtocolError) {
        guard let stateText = elements.first?.stringValue else {
            throw BuilddProtocolError("the first element of a 2010 status is not a string")
        }
        self.init(stateText: stateText)
        func element(_ index: Int) -> XMLRPCValue? {
            elements.indices.contains(index) ? elements[index] : nil
        }
        switch state {
        case .waiting:
            let reader = StatusStructReader(value: [
                "build_status": element(1) ?? .nil, "build_id": element(2) ?? .nil,
                "filemap": element(3) ?? .nil, "dependencies": element(4) ?? .nil,
            ])
            resultText = try reader.text("build_status")
            buildID = try reader.text("build_id")
            filemap = try reader.filemap("filemap")
            dependencies = try reader.text("dependencies")
        case .building:
            let reader = StatusStructReader(value: [
                "build_id": element(1) ?? .nil, "logtail": element(2) ?? .nil,
            ])
            buildID = try reader.text("build_id")
            logTail = try reader.bytes("logtail")
        case .aborting, .aborted:
            buildID = try StatusStructReader(value: ["build_id": element(1) ?? .nil]).text("build_id")
        case .idle, nil:
            break
        }
    }
}

/// Reads members of a status struct; nil counts as absent.
private struct StatusStructReader {
    var value: XMLRPCValue

    func text(_ name: String, required: Bool = false) throws(BuilddProtocolError) -> String? {
        switch value.structValue?[name] {
        case .string(let text): return text
        case nil, .nil:
            if required { throw BuilddProtocolError("status has no member '\(name)'") }
            return nil
        default: throw BuilddProtocolError("member '\(name)' of status is not a string")
        }
    }

    func bytes(_ name: String) throws(BuilddProtocolError) -> [UInt8]? {
        switch value.structValue?[name] {
        case .base64(let bytes): return bytes
        case .string(let text): return Array(text.utf8)
        case nil, .nil: return nil
        default: throw BuilddProtocolError("member '\(name)' of status is neither base64 nor a string")
        }
    }

    func filemap(_ name: String) throws(BuilddProtocolError) -> [SlaveStatus.FilemapEntry] {
        switch value.structValue?[name] {
        case .structure(let members):
            var entries: [SlaveStatus.FilemapEntry] = []
            for (file, sum) in members {
                guard let sum = sum.stringValue else {
                    throw BuilddProtocolError("the sum of a file in '\(name)' is not a string")
                }
                entries.append(.init(name: file, sum: sum))
            }
            return entries
        case nil, .nil: return []
        default: throw BuilddProtocolError("member '\(name)' of status is not a struct")
        }
    }
}

/// An answer that is XML-RPC but not what the protocol allows at this place.
public struct BuilddProtocolError: Error, Hashable, Sendable, CustomStringConvertible {
    public var message: String

    public init(_ message: String) { self.message = message }

    public var description: String { message }
}
