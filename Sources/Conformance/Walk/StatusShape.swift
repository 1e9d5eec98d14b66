internal import BuilddProtocol
internal import XMLRPC

/// The shape of an answer to `status`: which members, in which order, of which type (protocol spec 5 and 16).
struct StatusShape: Sendable {
    let profile: SlaveProfile

    private enum Kind {
        case text, bytes, files
    }

    /// What is wrong with a status; nil when nothing is.
    ///
    /// - Parameter result: how the build ended, for WAITING.
    func fault(
        in value: XMLRPCValue, state: BuilderState, buildID: String?, result: BuildResult?
    ) -> (expected: String, got: String)? {
        guard let members = members(of: value) else {
            let shape = profile.dialect == .today ? "a struct" : "an array"
            return (shape, Excerpt.of(value))
        }
        var wanted = wanted(state, result)
        if profile.dialect == .release2010 {
            // Elements have no names; in 2010 an idle slave adds an empty text.
            wanted = wanted.enumerated().map { (String($0.offset), $0.element.kind, $0.element.text) }
        }
        let names = wanted.map(\.name)
        guard members.map(\.name) == names else {
            return ("the members \(names)", "\(members.map(\.name))")
        }
        for (member, (name, kind, text)) in zip(members, wanted) {
            if let text, member.value != .string(text) {
                return ("\(name) '\(text)'", Excerpt.of(member.value))
            }
            let isRight =
                switch kind {
                case .text: member.value.stringValue != nil
                case .bytes: member.value.base64Value.map { $0.count <= 2048 } ?? false
                case .files: member.value.structValue?.values.allSatisfy { $0.stringValue != nil } ?? false
                }
            guard isRight else {
                let kindName =
                    kind == .text ? "a string" : kind == .bytes ? "at most 2048 bytes" : "a struct of strings"
                return ("\(name) to be \(kindName)", Excerpt.of(member.value))
            }
        }
        if let buildID, !members.contains(where: { $0.value == .string(buildID) }) {
            return ("the build id '\(buildID)'", Excerpt.of(value))
        }
        return nil
    }

    private func wanted(
        _ state: BuilderState, _ result: BuildResult?
    ) -> [(name: String, kind: Kind, text: String?)] {
        var members: [(name: String, kind: Kind, text: String?)] = [("builder_status", .text, state.wireText)]
        if profile.dialect == .today, let version = profile.version {
            members.append(("builder_version", .text, version))
        }
        switch state {
        case .idle:
            if profile.dialect == .release2010 { members.append(("", .text, "")) }
        case .building: members += [("build_id", .text, nil), ("logtail", .bytes, nil)]
        case .aborting, .aborted: members.append(("build_id", .text, nil))
        case .waiting:
            members += [("build_status", .text, result?.wireText), ("build_id", .text, nil)]
            if [.ok, .packageFail, .depFail].contains(result) {
                members += [("filemap", .files, nil), ("dependencies", .text, nil)]
            }
        }
        return members
    }

    private func members(of value: XMLRPCValue) -> [(name: String, value: XMLRPCValue)]? {
        switch profile.dialect {
        case .today: value.structValue?.map { ($0.key, $0.value) }
        case .release2010: value.arrayValue?.enumerated().map { (String($0.offset), $0.element) }
        }
    }
}
