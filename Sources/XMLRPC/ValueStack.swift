internal import OrderedCollections

/// The values that were read and not yet gathered into an array or struct.
///
/// Its own memory instead of an `Array`, so that values move into the array or struct that takes them and are
/// not copied and destroyed one by one.
struct ValueStack: ~Copyable {
    private var memory: UnsafeMutableBufferPointer<XMLRPCValue>
    private(set) var count = 0

    /// Memory kept from one document to the next.
    private static let keptCapacity = 1024

    init() { memory = .allocate(capacity: 16) }

    deinit {
        memory.prefix(count).deinitialize()
        memory.deallocate()
    }

    var first: XMLRPCValue? { count > 0 ? memory[0] : nil }

    /// All values, in order.
    var array: [XMLRPCValue] { Array(memory.prefix(count)) }

    mutating func push(_ value: consuming XMLRPCValue) {
        if count == memory.count { grow() }
        memory.initializeElement(at: count, to: value)
        count += 1
    }

    mutating func removeAll() {
        memory.prefix(count).deinitialize()
        count = 0
        if memory.count > Self.keptCapacity {
            memory.deallocate()
            memory = .allocate(capacity: 16)
        }
    }

    /// Takes the values from `mark` on.
    mutating func popArray(from mark: Int) -> [XMLRPCValue] {
        let taken = count - mark
        guard taken > 0 else { return [] }
        let array = [XMLRPCValue](unsafeUninitializedCapacity: taken) { target, initialized in
            _ = target.moveInitialize(fromContentsOf: memory[mark..<count])
            initialized = taken
        }
        count = mark
        return array
    }

    /// Takes the values from `mark` on as names and values in turn. Of repeated names the last value wins, in the
    /// first one's place.
    /// - Parameter object: told of each name that is no string, and of a last name without a value (nil).
    /// - Returns: the members, and the first name that came twice.
    /// - Throws: what `object` throws, and when it does not throw, a refusal for the same; the values then stay.
    mutating func popStructure(
        from mark: Int, object: (XMLRPCValue?) throws(Refusal) -> Void
    ) throws(Refusal) -> (members: OrderedDictionary<String, XMLRPCValue>, repeated: String?) {
        var isSound = true
        // All names first, so that nothing has been moved out when one is refused.
        for index in stride(from: mark, to: count, by: 2) {
            if index + 1 == count { try object(nil) }
            if case .string = memory[index] { continue }
            isSound = false
            try object(memory[index])
        }
        guard isSound, (count - mark).isMultiple(of: 2) else {
            // The peer reads such a struct and then cannot write it; a member's name of ours is a string.
            throw Refusal(
                .badStruct, "a struct member's name is no string", peerDetail: "dictionary key must be string"
            )
        }
        var members = OrderedDictionary<String, XMLRPCValue>()
        members.reserveCapacity((count - mark) / 2)
        var repeated: String?
        for index in stride(from: mark, to: count, by: 2) {
            let value = memory.moveElement(from: index + 1)
            guard case .string(let name) = memory.moveElement(from: index) else { continue }
            if members.updateValue(value, forKey: name) != nil && repeated == nil { repeated = name }
        }
        count = mark
        return (members, repeated)
    }

    private mutating func grow() {
        let larger = UnsafeMutableBufferPointer<XMLRPCValue>.allocate(capacity: 2 * memory.count)
        _ = larger.moveInitialize(fromContentsOf: memory[..<count])
        memory.deallocate()
        memory = larger
    }
}
