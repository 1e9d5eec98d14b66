/// Foreign text in a form that is safe to show: quoted, control characters and broken UTF-8 escaped, cut short.
func quoted(_ text: some StringProtocol, limit: Int = 80) -> String {
    var shown = "\""
    for scalar in text.unicodeScalars.prefix(limit) {
        switch scalar {
        case "\"", "\\": shown += "\\\(scalar)"
        case _ where scalar.properties.generalCategory.isInvisible:
            shown += "\\u{\(String(scalar.value, radix: 16))}"
        default: shown.unicodeScalars.append(scalar)
        }
    }
    let isCut = text.unicodeScalars.dropFirst(limit).first != nil
    return shown + (isCut ? "…\"" : "\"")
}

extension Unicode.GeneralCategory {
    /// Characters that would move the cursor, hide or reorder text.
    fileprivate var isInvisible: Bool {
        switch self {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
            true
        default: false
        }
    }
}
