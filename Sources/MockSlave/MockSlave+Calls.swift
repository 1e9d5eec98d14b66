import BuilddProtocol
import FarmModel
import XMLRPC

/// A request, as it waits for a fetch to end.
enum QueuedRequest: Sendable {
    case call(CallID, XMLRPCCall, [FaultEffect])
    case readFile(CallID, String)
    case listCache(CallID)
}

/// The methods of a slave in every state (protocol spec 3 and 4).
extension MockSlave {
    // Requests.

    mutating func take(_ request: QueuedRequest, script: (BuildOrder) -> BuildScript) {
        guard isBlocked else {
            answer(request, script: script)
            return
        }
        guard queue.count < configuration.queueLimit else {
            refuse(request)
            return
        }
        queue.append(request)
    }

    /// Answers what waited for a fetch, up to the next fetch.
    mutating func workOffQueue(script: (BuildOrder) -> BuildScript) {
        guard !isBlocked else { return }
        catchUp(noticedFrom: has(.fetchBlocks) ? clock : nil)
        while !isBlocked, !isDead, !queue.isEmpty {
            answer(queue.removeFirst(), script: script)
        }
    }

    private mutating func answer(_ request: QueuedRequest, script: (BuildOrder) -> BuildScript) {
        switch request {
        case .call(let id, let call, let effects):
            answer(id, call, effects, script: script)
        case .readFile(let id, let name):
            outbox.append(.answer(id, file(name).map(SlaveAnswer.file) ?? .notFound))
        case .listCache(let id):
            outbox.append(.answer(id, .listing(listing)))
        }
    }

    private mutating func refuse(_ request: QueuedRequest) {
        switch request {
        case .call(let id, _, _): outbox.append(.answer(id, .response(.slaveError)))
        case .readFile(let id, _), .listCache(let id): outbox.append(.answer(id, .notFound))
        }
    }

    // Files.

    /// A file directly inside the cache; the build logs are such files.
    func file(_ name: String) -> CachedFile? {
        if configuration.mockStyle, name == BuildLog.name, build != nil {
            return CachedFile(name: name, bytes: ManagersMock.log, modified: clock)
        }
        return log[name] ?? cache[name]
    }

    private var listing: [CacheEntry] {
        let logs = [log[BuildLog.name], log[BuildLog.originalName]].compactMap { $0 }
        return (cache.files + logs)
            .map { CacheEntry(name: $0.name, size: $0.size, modified: $0.modified) }
            .sorted { $0.name.precedes($1.name) }
    }

    // Calls.

    private mutating func answer(
        _ id: CallID, _ call: XMLRPCCall, _ effects: [FaultEffect], script: (BuildOrder) -> BuildScript
    ) {
        if let fault = effects.firstFault {
            outbox.append(.answer(id, .response(.fault(fault))))
            return
        }
        for effect in effects { applyDuringCall(effect, before: call) }
        let buildBefore = build?.order
        guard let response = respond(to: call, id, effects, script: script) else { return }
        if buildBefore == nil, build != nil {
            for effect in effects { applyToBuild(effect) }
        }
        guard !isDead else { return }
        outbox.append(.answer(id, .response(finished(response))))
    }

    /// The response, or nil when it will come later.
    private mutating func respond(
        to call: XMLRPCCall, _ id: CallID, _ effects: [FaultEffect],
        script: (BuildOrder) -> BuildScript
    ) -> XMLRPCResponse? {
        guard let method = SlaveMethod(rawValue: call.method), method.exists(in: configuration.dialect) else {
            return .fault(unknownMethod(call.method))
        }
        if let count = method.argumentCount, count != call.parameters.count { return .slaveError }
        switch method {
        case .echo: return .success(.array(call.parameters))
        case .info: return info()
        case .status: return status(effects)
        case .ensurePresent: return ensurePresent(call.parameters, id)
        case .build:
            if let pair = effects.scriptedBuildAnswer { return .success(pair.encoded) }
            return build(call.parameters, script: script)
        case .abort: return abort()
        case .clean: return clean()
        case .proxyInfo: return proxyInfo()
        }
    }

    private func unknownMethod(_ name: String) -> XMLRPCFault {
        if let dot = name.firstIndex(of: ".") {
            return XMLRPCFault(code: 8001, text: "no such subHandler \(name[..<dot])")
        }
        return XMLRPCFault(code: 8001, text: "\(isOld ? "function" : "procedure") \(name) not found")
    }

    /// The last touch before an answer is written: members in the order of the dialect, and the fault of
    /// protocol spec 2 for values that cannot be written.
    func finished(_ response: XMLRPCResponse) -> XMLRPCResponse {
        guard case .success(let value) = response else { return response }
        if let detail = value.unwritable {
            return .fault(XMLRPCFault(code: 8002, text: "Can't serialize output: \(detail)"))
        }
        return .success(isOld && has(.hashOrder) ? HashOrder.applied(to: value) : value)
    }

    private func info() -> XMLRPCResponse {
        let names = BuildType.names(in: configuration.dialect)
        let types: XMLRPCValue =
            if configuration.mockStyle {
                .string(ManagersMock.buildTypes(in: configuration.dialect))
            } else if isOld, has(.hashOrder) {
                .array(PythonHashOrder.order(of: names).map { .string($0) })
            } else {
                .array(names.map { .string($0) })
            }
        return .success(["1.0", .string(configuration.architectureTag), types])
    }

    private func proxyInfo() -> XMLRPCResponse {
        guard let build, build.plan != nil, build.type.answersProxyInfo else { return .slaveError }
        func value(_ name: String) -> XMLRPCValue { build.order.argument(name) ?? .nil }
        return .success([
            "use_fetch_service": value("use_fetch_service"),
            "revocation_endpoint": value("revocation_endpoint"),
        ])
    }
}

extension XMLRPCResponse {
    /// What a slave answers whenever a method raises (protocol spec 2).
    static var slaveError: XMLRPCResponse { .fault(XMLRPCFault(code: 8002, text: "error")) }
}

extension XMLRPCValue {
    /// Why the value cannot be written, in the daemon's words; nil when it can (protocol spec 2).
    var unwritable: String? {
        switch self {
        case .int(let number):
            Int32(exactly: number) == nil ? "int exceeds XML-RPC limits" : nil
        case .bigInteger: "int exceeds XML-RPC limits"
        case .bigDecimal: "cannot marshal <class 'decimal.Decimal'> objects"
        case .array(let elements): elements.lazy.compactMap(\.unwritable).first
        case .structure(let members): members.values.lazy.compactMap(\.unwritable).first
        case .boolean, .double, .string, .base64, .dateTime, .nil: nil
        }
    }
}
