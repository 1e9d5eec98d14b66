internal import CLibXML2

/// The entities of a document type that stand for short plain text.
///
/// libxml2 is handed them in the form of its own five (`&lt;` and so on): it writes such a text out as it is and
/// never looks into it for markup or further entities, so nothing can nest and nothing can grow.
struct LiteralEntities: ~Copyable {
    private static let mostEntities = 64
    private static let longestText = 1024
    /// Bytes that all references of a document together may bring.
    private static let mostExpansion = 1 << 16

    private var entries: [(name: String, entity: UnsafeMutablePointer<xmlEntity>)] = []
    private var expansion = 0

    var names: [String] { entries.map(\.name) }

    /// Declares an entity; of several declarations of a name the first counts.
    /// - Parameter content: nil for an external entity, which stands for nothing.
    /// - Throws: `documentType`.
    mutating func declare(
        _ name: UnsafePointer<xmlChar>, content: UnsafePointer<xmlChar>?
    ) throws(Refusal) {
        let text = content.map { UnsafeBufferPointer(start: $0, count: Int(xmlStrlen($0))) }
        if let text, text.contains(UInt8(ascii: "<")) || text.contains(UInt8(ascii: "&")) {
            throw Refusal(.documentType, "an entity that stands for more than plain text")
        }
        guard text?.count ?? 0 <= Self.longestText, entries.count < Self.mostEntities else {
            throw Refusal(.documentType, "too many or too long entities")
        }
        let string = String(cString: name)
        guard find(string) == nil else { return }
        entries.append((string, Self.makeEntity(name: name, content: content)))
    }

    /// - Throws: `documentType` when references have brought too much.
    mutating func expand(
        _ name: UnsafePointer<xmlChar>
    ) throws(Refusal) -> UnsafeMutablePointer<xmlEntity>? {
        guard let entity = find(String(cString: name)) else { return nil }
        expansion += Int(entity.pointee.length)
        guard expansion <= Self.mostExpansion else {
            throw Refusal(.documentType, "entities stand for more than \(Self.mostExpansion) bytes")
        }
        return entity
    }

    mutating func removeAll() {
        for entry in entries { Self.free(entry.entity) }
        entries = []
        expansion = 0
    }

    deinit {
        for entry in entries { Self.free(entry.entity) }
    }

    private func find(_ name: String) -> UnsafeMutablePointer<xmlEntity>? {
        entries.first { $0.name == name }?.entity
    }

    private static func makeEntity(
        name: UnsafePointer<xmlChar>, content: UnsafePointer<xmlChar>?
    ) -> UnsafeMutablePointer<xmlEntity> {
        let empty: StaticString = ""
        let text = copy(content ?? empty.utf8Start)
        let entity = UnsafeMutablePointer<xmlEntity>.allocate(capacity: 1)
        entity.initialize(to: xmlEntity())
        entity.pointee.type = XML_ENTITY_DECL
        entity.pointee.etype = XML_INTERNAL_PREDEFINED_ENTITY
        entity.pointee.name = UnsafePointer(copy(name))
        entity.pointee.content = text
        // Filled so that the parser has nothing of its own to leave here.
        entity.pointee.orig = text
        entity.pointee.length = xmlStrlen(text)
        return entity
    }

    private static func copy(_ text: UnsafePointer<xmlChar>) -> UnsafeMutablePointer<xmlChar> {
        let size = Int(xmlStrlen(text)) + 1
        let copy = UnsafeMutablePointer<xmlChar>.allocate(capacity: size)
        copy.initialize(from: text, count: size)
        return copy
    }

    private static func free(_ entity: UnsafeMutablePointer<xmlEntity>) {
        entity.pointee.name?.deallocate()
        entity.pointee.content?.deallocate()
        entity.deallocate()
    }
}
