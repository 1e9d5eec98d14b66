import DebianFormats
import FarmModel

/// The entries of `slaves:`, with their ranges expanded.
struct SlaveSection {
    private(set) var slaves: [SlaveSpec] = []
    private(set) var rules: [RuleDraft] = []
    private let network: LoopbackNetwork
    private var lines: [BuilderName: Int] = [:]
    private var addresses: [SlaveSpec.Address: BuilderName] = [:]
    private var ownAddresses = 0

    init(reading field: Field, network: LoopbackNetwork) {
        self.network = network
        for entry in field.strictList(of: "slaves") {
            add(entry)
            if slaves.count > field.reading.limits.slaves {
                entry.report(
                    .tooLarge, found: "more slaves", expected: "at most \(field.reading.limits.slaves) in all"
                )
                break
            }
        }
    }

    private mutating func add(_ field: Field) {
        guard let keys = MappingReader(field, "a slave") else { return }
        let nameField = keys.required("name", "a name such as lcy-amd64-{001..004}")
        let names = nameField.map(readNames) ?? []
        let architectures =
            keys["architecture", or: "architectures"]?.architectures() ?? field.missingArchitecture(in: keys)
        guard let first = names.first else { return }

        var model = SlaveSpec(name: first, architectures: architectures)
        keys.set(&model.dialect, "dialect") { $0.choice(SlaveDialect.self) }
        keys.set(&model.version, "version") { $0.text("a release such as 254") }
        keys.set(&model.isVirtual, "virtual") { $0.flag() }
        keys.set(&model.resetProtocol, "reset-protocol") { $0.resetProtocol() }
        keys.set(&model.resetDuration, "reset-duration") { $0.duration() }
        keys.set(&model.isStrict, "strict") { $0.flag() }
        keys.set(&model.isManual, "manual") { $0.flag() }
        keys.set(&model.isEnabled, "enabled") { $0.flag() }
        if let tags = keys["tags"], let tagKeys = MappingReader(tags, "tags as open: and restricted:") {
            tagKeys.set(&model.openTags, "open") { $0.names() }
            tagKeys.set(&model.restrictedTags, "restricted") { $0.names() }
            tagKeys.finish()
        }
        let address = keys["address"]
        let faults = keys["faults"]
        if !model.isVirtual, let key = keys["reset-protocol"] ?? keys["reset-duration"] {
            key.report(.conflict, found: "a reset of a slave that is not virtual", expected: "`virtual: yes`")
        }
        keys.finish()

        for name in names { add(model, name: name, nameField: nameField, address: address) }
        if let faults {
            rules += RuleDraft.readAll(
                faults, scope: .slaves(names: names, title: nameField?.scalarText ?? ""))
        }
    }

    private mutating func add(_ model: SlaveSpec, name: BuilderName, nameField: Field?, address: Field?) {
        if let line = lines[name] {
            nameField?.report(
                .conflict, found: "a second slave `\(name)`", expected: "names that differ",
                hint: "the first is in line \(line)")
            return
        }
        lines[name] = nameField?.place.line ?? 1
        var slave = model
        slave.name = name
        if let address { slave.address = readAddress(address) ?? .anyPort }
        if case .given = slave.address, let other = addresses[slave.address] {
            address?.report(
                .conflict, found: "the address of `\(other)` for `\(name)` too",
                expected: "addresses that differ")
        }
        addresses[slave.address] = name
        slaves.append(slave)
    }

    private func readNames(_ field: Field) -> [BuilderName] {
        guard let text = field.text("a name such as lcy-amd64-{001..004}") else { return [] }
        return field.expand(text, limit: field.reading.limits.slaves).compactMap { text in
            let name = BuilderName(text)
            if name == nil {
                field.report(
                    .wrongValue, found: "the name `\(text)`", expected: "lower-case letters, digits and +.-")
            }
            return name
        }
    }

    private mutating func readAddress(_ field: Field) -> SlaveSpec.Address? {
        let forms = "own, port, or ADDRESS:PORT such as 127.0.0.1:9001"
        guard let text = field.read(forms, words: ["own", "port"], Optional.some) else { return nil }
        switch text {
        case "port": return .anyPort
        case "own":
            guard let host = network.address(ownAddresses) else {
                field.report(
                    .tooLarge, found: "more slaves with their own address",
                    expected: "at most \(network.capacity) in the network", hint: "give a larger `network`")
                return nil
            }
            ownAddresses += 1
            return .own(host: host)
        default:
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, LoopbackNetwork.bytes(parts[0]) != nil, let port = Int(parts[1]),
                (1...65_535).contains(port)
            else {
                field.report(.wrongValue, found: field.found, expected: forms)
                return nil
            }
            return .given(host: String(parts[0]), port: port)
        }
    }
}

extension Field {
    fileprivate func resetProtocol() -> ResetProtocol? {
        let protocols = Dictionary(uniqueKeysWithValues: ResetProtocol.allCases.map { ($0.name, $0) })
        return choice(protocols, order: ResetProtocol.allCases.map(\.name))
    }

    /// A list of architectures that packages can be built for.
    func architectures() -> [String]? {
        let architectures = list().compactMap { field in
            field.read("an architecture such as amd64") { text -> String? in
                guard let name = try? ArchitectureName(text), name != .all, name != .source else {
                    return nil
                }
                return name.rawValue
            }
        }
        if isEmptyList {
            report(.wrongValue, found: "an empty list", expected: "an architecture such as amd64")
        }
        return architectures.isEmpty ? nil : architectures
    }

    /// Says that a slave builds for nothing, unless its architectures are there but wrong.
    fileprivate func missingArchitecture(in keys: MappingReader) -> [String] {
        if keys["architecture"] == nil, keys["architectures"] == nil {
            report(.missing, found: "no `architecture`", expected: "an architecture such as amd64")
        }
        return []
    }

    /// The text of a scalar, whatever it is.
    var scalarText: String? { if case .scalar(let scalar) = node { scalar.string } else { nil } }
}
