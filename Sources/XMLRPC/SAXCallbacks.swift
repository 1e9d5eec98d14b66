internal import CLibXML2

/// The functions libxml2 calls while it parses; each finds its ``ParserSession`` in the user data and tells it.
///
/// What is not set here does nothing: there is no way to load an external entity or document type.
enum SAXCallbacks {
    static func handler() -> xmlSAXHandler {
        var handler = xmlSAXHandler()
        handler.initialized = UInt32(XML_SAX2_MAGIC)
        handler.startElementNs = { data, name, prefix, _, namespaces, _, attributes, _, _ in
            guard let session = sessionOf(data), let name else { return }
            session.pointee.start(
                ElementName(local: name, prefix: prefix), attributes: Int(attributes),
                namespaces: Int(namespaces))
        }
        handler.endElementNs = { data, _, _, _ in sessionOf(data)?.pointee.end() }
        handler.characters = takeCharacters
        // The same function, so that libxml2 does not try to tell white space that can be left out.
        handler.ignorableWhitespace = takeCharacters
        handler.cdataBlock = takeCharacters
        handler.internalSubset = { data, _, publicID, systemID in
            sessionOf(data)?.pointee.beginDocumentType(isExternal: publicID != nil || systemID != nil)
        }
        handler.externalSubset = { data, _, _, _ in sessionOf(data)?.pointee.endDocumentType() }
        handler.entityDecl = { data, name, kind, _, _, content in
            guard let session = sessionOf(data), let name else { return }
            session.pointee.declareEntity(name, kind: kind, content: UnsafePointer(content))
        }
        handler.getEntity = { data, name in
            guard let session = sessionOf(data), let name else { return nil }
            return session.pointee.entity(named: name)
        }
        handler.attributeDecl = { data, _, _, _, _, _, tree in
            xmlFreeEnumeration(tree)
            sessionOf(data)?.pointee.refuseDeclaration()
        }
        handler.elementDecl = { data, _, _, _ in sessionOf(data)?.pointee.refuseDeclaration() }
        handler.notationDecl = { data, _, _, _ in sessionOf(data)?.pointee.refuseDeclaration() }
        handler.unparsedEntityDecl = { data, _, _, _, _ in sessionOf(data)?.pointee.refuseDeclaration() }
        handler.serror = { data, error in
            guard let error, error.pointee.level == XML_ERR_FATAL, let message = error.pointee.message else {
                return
            }
            sessionOf(data)?.pointee.complain(String(cString: message))
        }
        return handler
    }
}

private let takeCharacters: charactersSAXFunc = { data, text, count in
    sessionOf(data)?.pointee.characters(UnsafeBufferPointer(start: text, count: Int(count)))
}

private func sessionOf(_ data: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<ParserSession>? {
    data?.assumingMemoryBound(to: ParserSession.self)
}
