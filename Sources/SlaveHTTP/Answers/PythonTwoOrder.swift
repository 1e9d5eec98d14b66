/// The order in which Python 2 goes through a dictionary of header names: the slave of 2010 kept its headers in
/// one, so the order on the wire is that of a hash table. It is the same on every 64-bit machine.
enum PythonTwoOrder {
    /// - Parameter names: the names in the order in which they were first put into the dictionary.
    static func order(of names: [HTTPAnswer.FieldName]) -> [HTTPAnswer.FieldName] {
        var slots = [HTTPAnswer.FieldName?](repeating: nil, count: 8)
        var used = 0
        for name in names {
            insert(name, into: &slots)
            used += 1
            // The table grows when two thirds are in use, to more than four times what is in it.
            guard used * 3 >= slots.count * 2 else { continue }
            var size = 8
            while size <= used * 4 { size *= 2 }
            var larger = [HTTPAnswer.FieldName?](repeating: nil, count: size)
            for case let name? in slots { insert(name, into: &larger) }
            slots = larger
        }
        return slots.compactMap { $0 }
    }

    private static func insert(_ name: HTTPAnswer.FieldName, into slots: inout [HTTPAnswer.FieldName?]) {
        let mask = UInt64(slots.count - 1)
        var perturbation = hash(name)
        var slot = perturbation & mask
        while slots[Int(slot & mask)] != nil {
            slot = (slot << 2) &+ slot &+ perturbation &+ 1
            perturbation >>= 5
        }
        slots[Int(slot & mask)] = name
    }

    /// The hash of the name in lower case, which is how the dictionary had it.
    private static func hash(_ name: HTTPAnswer.FieldName) -> UInt64 {
        let text = UnsafeBufferPointer(start: name.text.utf8Start, count: name.text.utf8CodeUnitCount)
        var hash = UInt64(text.first.map(ASCII.lowered) ?? 0) << 7
        for byte in text { hash = (hash &* 1_000_003) ^ UInt64(ASCII.lowered(byte)) }
        return hash ^ UInt64(text.count)
    }
}
