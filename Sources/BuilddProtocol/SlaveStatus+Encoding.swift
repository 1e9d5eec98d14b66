public import FarmModel
import OrderedCollections
public import XMLRPC

extension SlaveStatus {
    /// The result of `status` as a slave of this dialect writes it: a struct with its members in the order of
    /// protocol spec 5, or the array of protocol spec 16.
    ///
    /// Result files and dependencies are written with the build results that may have them; members that the
    /// state does not have are left out.
    public func encoded(in dialect: SlaveDialect) -> XMLRPCValue {
        dialect == .release2010 ? encodedAsArray : encodedAsStruct
    }

    /// Whether a finished build with this result offers files and dependencies.
    private var offersFiles: Bool {
        guard let resultText else { return false }
        switch BuildResult(wireText: resultText) {
        case .ok, .packageFail, .depFail: return true
        case .givenBack, .chrootFail, .builderFail, .aborted, nil: return false
        }
    }

    private var encodedFilemap: XMLRPCValue {
        .structure(
            OrderedDictionary(
                filemap.map { ($0.name, XMLRPCValue.string($0.sum)) }, uniquingKeysWith: { _, last in last }))
    }

    private var encodedAsStruct: XMLRPCValue {
        var members: OrderedDictionary<String, XMLRPCValue> = ["builder_status": .string(stateText)]
        if let version { members["builder_version"] = .string(version) }
        if let resultText { members["build_status"] = .string(resultText) }
        if let buildID { members["build_id"] = .string(buildID) }
        if let logTail { members["logtail"] = .base64(logTail) }
        if offersFiles {
            members["filemap"] = encodedFilemap
            members["dependencies"] = .string(dependencies ?? "")
        }
        return .structure(members)
    }

    private var encodedAsArray: XMLRPCValue {
        let first = XMLRPCValue.string(stateText)
        let buildID = XMLRPCValue.string(buildID ?? "")
        switch state {
        case .idle, nil:
            return .array([first, ""])
        case .building:
            return .array([first, buildID, .base64(logTail ?? [])])
        case .aborting, .aborted:
            return .array([first, buildID])
        case .waiting:
            let ending: [XMLRPCValue] =
                offersFiles ? [encodedFilemap, .string(dependencies ?? "")] : []
            return .array([first, .string(resultText ?? ""), buildID] + ending)
        }
    }
}
