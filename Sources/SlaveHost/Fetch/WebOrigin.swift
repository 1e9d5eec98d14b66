import MockSlave

/// The server of a web address: credentials go to the server they are meant for and no other.
struct WebOrigin: Hashable {
    var scheme: String
    /// Host and port as written, in lower case.
    var authority: String

    /// Nil when the address is not `http://HOST…` or `https://HOST…`.
    init?(_ url: String) {
        guard let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://") else { return nil }
        scheme = url[..<colon].lowercased()
        let rest = url[url.index(colon, offsetBy: 3)...]
        authority = rest.prefix { !"/?#".contains($0) }.lowercased()
        guard scheme == "http" || scheme == "https", !authority.isEmpty else { return nil }
    }

    /// Where a redirect leads.
    ///
    /// - Returns: nil when it is no web address.
    static func resolve(_ location: String, against url: String) -> String? {
        if WebOrigin(location) != nil { return location }
        guard let origin = WebOrigin(url), !location.prefix(while: { $0 != "/" }).contains(":") else {
            return nil
        }
        let root = "\(origin.scheme)://\(origin.authority)"
        if location.hasPrefix("//") { return "\(origin.scheme):\(location)" }
        if location.hasPrefix("/") { return root + location }
        let path = url.dropFirst(root.count).prefix { !"?#".contains($0) }
        guard let slash = path.lastIndex(of: "/") else { return "\(root)/\(location)" }
        return root + path[...slash] + location
    }
}

/// User and password of a fetch.
struct BasicCredentials {
    /// What goes into the header `Authorization`.
    let headerValue: String

    /// Nil when the request has none.
    init?(_ request: FetchRequest) {
        guard request.user != nil || request.password != nil else { return nil }
        let text = "\(request.user ?? ""):\(request.password ?? "")"
        headerValue = "Basic " + Base64.encode(Array(text.utf8))
    }
}
