/// The grammar of XML-RPC for the strict reading: which element may stand where, and how often.
enum MessageGrammar {
    /// - Parameter count: children that `parent` has had already.
    /// - Throws: `unexpectedElement`.
    static func enter(_ child: Tag, in parent: Tag?, after count: Int) throws(Refusal) {
        let isAllowed =
            switch (parent, child) {
            case (nil, .methodCall), (nil, .methodResponse): true
            case (.methodCall, .methodName): count == 0
            case (.methodCall, .params): count == 1
            case (.methodResponse, .params), (.methodResponse, .fault): count == 0
            case (.params, .param): true
            case (.param, .value), (.fault, .value): count == 0
            case (.value, _): count == 0 && child.isType
            case (.array, .data): count == 0
            case (.data, .value): true
            case (.structure, .member): true
            case (.member, .name): count == 0
            case (.member, .value): count == 1
            default: false
            }
        guard isAllowed else {
            let place = parent.map { "in <\($0.spelling)>" } ?? "as the document element"
            throw Refusal(.unexpectedElement, "<\(child.spelling)> has no place here \(place)")
        }
    }

    /// - Throws: `missingElement`.
    static func leave(_ tag: Tag, after count: Int) throws(Refusal) {
        let missing: String? =
            switch tag {
            case .methodCall where count == 0: "methodName"
            case .methodResponse where count == 0: "params or fault"
            case .param where count == 0, .fault where count == 0: "value"
            case .array where count == 0: "data"
            case .member where count == 0: "name"
            case .member where count == 1: "value"
            default: nil
            }
        if let missing {
            throw Refusal(.missingElement, "<\(tag.spelling)> ends without <\(missing)>")
        }
    }

    /// Whether text may stand directly in an element, white space apart.
    static func allowsText(in tag: Tag?, after count: Int) -> Bool {
        switch tag {
        case .value?: count == 0
        case .methodName?, .name?: true
        case let tag?: tag.isScalar && tag != .nil
        case nil: false
        }
    }
}
