/// A line of the list of the cache.
public struct CacheListingEntry: Hashable, Sendable {
    public var name: String
    /// In bytes.
    public var size: Int64

    public init(name: String, size: Int64) {
        self.name = name
        self.size = size
    }
}

extension SlaveSite {
    /// The answer to a request for the list of the cache. The page names the files in the order of their bytes.
    public func answer(listing entries: [CacheListingEntry], for request: ListingRequest) -> HTTPAnswer {
        guard request.target.allSatisfy({ $0 < 128 }) else {
            // The page cannot quote it; its type has been set already.
            return processingFailed()
        }
        let path = String(decoding: PercentEncoding.decode(request.target), as: UTF8.self)
        let title = "Directory listing for \(HTMLPage.escape(path, quotes: !release.isOld))"
        let rows = entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            .enumerated().map { Self.row($1, isOdd: $0 % 2 == 0) }.joined()
        let page = Array(Self.page(title: title, rows: rows).utf8)
        return HTTPAnswer(
            .ok, fields: [.init(.contentType, htmlType), .init(.contentLength, String(page.count))],
            body: [.bytes(page)])
    }

    private static func row(_ entry: CacheListingEntry, isOdd: Bool) -> String {
        let type = FileType(name: entry.name)
        return """
            <tr class="\(isOdd ? "odd" : "even")">
                <td><a href="\(PercentEncoding.encode(entry.name))">\(HTMLPage.escape(entry.name))</a></td>
                <td>\(roundedSize(entry.size))</td>
                <td>[\(type.type)]</td>
                <td>\(type.encoding.map { "[\($0)]" } ?? "")</td>
            </tr>

            """
    }

    /// The size in the largest unit that it fills, rounded down.
    private static func roundedSize(_ size: Int64) -> String {
        switch size {
        case ..<(1 << 10): "\(size)B"
        case ..<(1 << 20): "\(size >> 10)K"
        case ..<(1 << 30): "\(size >> 20)M"
        default: "\(size >> 30)G"
        }
    }

    private static func page(title: String, rows: String) -> String {
        """
        <html>
        <head>
        <title>\(title)</title>
        <style>
        .even-dir { background-color: #efe0ef }
        .even { background-color: #eee }
        .odd-dir {background-color: #f0d0ef }
        .odd { background-color: #dedede }
        .icon { text-align: center }
        .listing {
            margin-left: auto;
            margin-right: auto;
            width: 50%;
            padding: 0.1em;
            }

        body { border: 0; padding: 0; margin: 0; background-color: #efefef; }
        h1 {padding: 0.1em; background-color: #777; color: white; border-bottom: thin white dashed;}

        </style>
        </head>

        <body>
        <h1>\(title)</h1>

        <table>
            <thead>
                <tr>
                    <th>Filename</th>
                    <th>Size</th>
                    <th>Content type</th>
                    <th>Content encoding</th>
                </tr>
            </thead>
            <tbody>
        \(rows)
            </tbody>
        </table>

        </body>
        </html>

        """
    }
}
