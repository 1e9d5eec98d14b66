import FarmModel
package import Store

// The farm's tables and every statement that touches them live in this room; nobody else writes SQL about
// builders, builds or queue entries.

/// The records of one farm: builders, builds, the queue, attempts, verdicts and binaries (manager spec 1).
///
/// Every method is one transaction. Rules that decide anything (who matches, who is to blame) are passed in as
/// closures, so that each rule stays in the room that owns it.
public struct FarmRecords: Sendable {
    package let store: Store

    package init(store: Store) { self.store = store }

    /// Opens or creates the farm's database.
    ///
    /// - Throws: `StoreError` when the file cannot be opened or belongs to a newer version.
    package static func open(path: String, options: StoreOptions = .init()) throws -> FarmRecords {
        FarmRecords(store: try Store.open(path: path, migrations: FarmSchema.migrations, options: options))
    }
}

/// A refusal of the farm's records.
public struct FarmRecordsError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// No record of that name or id.
        case notFound
        /// The status may not change that way (manager spec 1.4).
        case illegalTransition
        /// The record is no longer what the caller believed; nothing was changed.
        case stale
        /// What was to be entered contradicts what is there already.
        case conflict
        /// The database holds a value this version does not know.
        case corrupt
    }

    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}

/// A list in a column: each item ends with a line feed; a backslash makes line feeds and backslashes of an item
/// plain. Empty items and the empty list are told apart.
enum ListColumn {
    private static let end = UInt8(ascii: "\n")
    private static let escape = UInt8(ascii: "\\")

    static func encode(_ items: [String]) -> SQLValue {
        var bytes: [UInt8] = []
        for item in items {
            for byte in item.utf8 where byte != 0 {
                if byte == end || byte == escape { bytes.append(escape) }
                bytes.append(byte)
            }
            bytes.append(end)
        }
        return .text(String(decoding: bytes, as: UTF8.self))
    }

    static func decode(_ text: String) -> [String] {
        var items: [String] = []
        var item: [UInt8] = []
        var isEscaped = false
        for byte in text.utf8 {
            switch byte {
            case _ where isEscaped:
                item.append(byte)
                isEscaped = false
            case escape: isEscaped = true
            case end:
                items.append(String(decoding: item, as: UTF8.self))
                item = []
            default: item.append(byte)
            }
        }
        return items
    }
}

extension SQLValue {
    static func time(_ instant: Instant) -> SQLValue { .integer(instant.nanoseconds) }
    static func flag(_ value: Bool) -> SQLValue { .bool(value) }
    /// A text that came from outside, without what no database takes.
    static func foreign(_ text: String, limit: Int) -> SQLValue {
        .text(ForeignText.stored(text, limit: limit))
    }
    static func id(_ id: BuilderID) -> SQLValue { .integer(id.rawValue) }
    static func id(_ id: BuildID) -> SQLValue { .integer(id.rawValue) }
    static func id(_ id: QueueEntryID) -> SQLValue { .integer(id.rawValue) }
    static func raw(_ value: some RawRepresentable<Int>) -> SQLValue { .integer(Int64(value.rawValue)) }
}

extension Row {
    func time(_ column: String) throws -> Instant { Instant(nanoseconds: try int(column)) }

    func optionalTime(_ column: String) throws -> Instant? {
        try optionalInt(column).map { Instant(nanoseconds: $0) }
    }

    func list(_ column: String) throws -> [String] { ListColumn.decode(try text(column)) }

    func choice<Choice: RawRepresentable<Int>>(_ column: String, as type: Choice.Type = Choice.self) throws
        -> Choice
    {
        let number = try int(column)
        guard let value = Choice(rawValue: Int(number)) else {
            throw FarmRecordsError(.corrupt, "column \(column) holds the unknown value \(number)")
        }
        return value
    }

    func optionalChoice<Choice: RawRepresentable<Int>>(_ column: String, as type: Choice.Type = Choice.self)
        throws -> Choice?
    {
        try optionalInt(column) == nil ? nil : try choice(column)
    }
}
