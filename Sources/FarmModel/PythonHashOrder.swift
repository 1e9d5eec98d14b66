/// The order in which a dictionary of Python 2.7 on a 64-bit machine gives its members. Slaves of the 2010
/// dialect show it wherever they write a dictionary: struct members, headers, lists of types (protocol spec
/// 16).
///
/// The dictionary is an open table whose size is a power of two; a member lands where the low bits of its
/// hash say, or where a sequence of probes first finds room, so the order depends on the order of insertion
/// too.
package enum PythonHashOrder {
    /// The names, inserted in the order given, in the order of the table. No name may occur twice.
    package static func order(of names: [String]) -> [String] {
        var table = [String?](repeating: nil, count: 8)
        for (index, name) in names.enumerated() {
            insert(name, into: &table)
            let used = index + 1
            guard used * 3 >= table.count * 2 else { continue }
            // A table two thirds full grows to the next size above four times its members, later twice.
            let wanted = used > 50_000 ? used * 2 : used * 4
            var size = 8
            while size <= wanted { size *= 2 }
            var larger = [String?](repeating: nil, count: size)
            for name in table.lazy.compactMap({ $0 }) { insert(name, into: &larger) }
            table = larger
        }
        return table.compactMap { $0 }
    }

    private static func insert(_ name: String, into table: inout [String?]) {
        let mask = UInt64(table.count - 1)
        let hash = hash(of: name)
        var probe = hash
        var perturbation = hash
        while table[Int(probe & mask)] != nil {
            probe = (probe << 2) &+ probe &+ perturbation &+ 1
            perturbation >>= 5
        }
        table[Int(probe & mask)] = name
    }

    private static func hash(of name: String) -> UInt64 {
        guard let first = name.unicodeScalars.first else { return 0 }
        var hash = UInt64(first.value) << 7
        for scalar in name.unicodeScalars { hash = (1_000_003 &* hash) ^ UInt64(scalar.value) }
        hash ^= UInt64(name.unicodeScalars.count)
        // The hash -1 means an error there.
        return hash == .max ? .max - 1 : hash
    }
}
