/// The pages that the imitated server makes up itself, in its own layout.
enum HTMLPage {
    /// The page of an error: a heading and a paragraph.
    static func error(_ status: HTTPAnswer.Status, brief: String, detail: String) -> [UInt8] {
        Array(
            """

            <html>
              <head><title>\(status.rawValue) - \(brief)</title></head>
              <body>
                <h1>\(brief)</h1>
                <p>\(detail)</p>
              </body>
            </html>

            """.utf8)
    }

    /// The page of an error inside the server.
    static func processingFailed(release: TwistedRelease) -> [UInt8] {
        let title = release.isOld ? "web.Server Traceback (most recent call last)" : "Processing Failed"
        return Array(
            "<html><head><title>\(title)</title></head><body><b>\(title)</b></body></html>".utf8)
    }

    /// The page of a redirect.
    ///
    /// - Parameter address: where to; it is put in as it is.
    static func redirect(to address: String) -> [UInt8] {
        Array(
            """

            <html>
                <head>
                    <meta http-equiv="refresh" content="0;URL=\(address)">
                </head>
                <body bgcolor="#FFFFFF" text="#000000">
                <a href="\(address)">click here</a>
                </body>
            </html>

            """.utf8)
    }

    /// Text as it stands in a page.
    ///
    /// - Parameter quotes: whether quotation marks are escaped too, as in an attribute.
    static func escape(_ text: some StringProtocol, quotes: Bool = true) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"" where quotes: escaped += "&quot;"
            case "'" where quotes: escaped += "&#x27;"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
