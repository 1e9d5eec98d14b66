/// Writes base64 as the peers do: lines of at most 76 characters, each ended by a newline.
enum Base64Writer {
    private static let bytesOfLine = 57
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func append(_ bytes: [UInt8], to output: inout [UInt8]) {
        let lines = (bytes.count + bytesOfLine - 1) / bytesOfLine
        let needed = output.count + (bytes.count + 2) / 3 * 4 + lines
        // At least doubled, for an exact reservation each time would copy the whole document each time.
        if needed > output.capacity { output.reserveCapacity(max(needed, 2 * output.capacity)) }
        bytes.withUnsafeBufferPointer { input in
            alphabet.withUnsafeBufferPointer { alphabet in
                withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 77) { line in
                    var start = 0
                    while start < input.count {
                        let end = min(start + bytesOfLine, input.count)
                        let count = encode(input, from: start, to: end, into: line, alphabet: alphabet)
                        output.append(contentsOf: UnsafeBufferPointer(rebasing: line[..<count]))
                        start = end
                    }
                }
            }
        }
    }

    private static func encode(
        _ input: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int,
        into line: UnsafeMutableBufferPointer<UInt8>, alphabet: UnsafeBufferPointer<UInt8>
    ) -> Int {
        var index = start
        var count = 0
        while index + 3 <= end {
            let group = UInt32(input[index]) << 16 | UInt32(input[index + 1]) << 8 | UInt32(input[index + 2])
            line[count] = alphabet[Int(group >> 18)]
            line[count + 1] = alphabet[Int(group >> 12 & 63)]
            line[count + 2] = alphabet[Int(group >> 6 & 63)]
            line[count + 3] = alphabet[Int(group & 63)]
            index += 3
            count += 4
        }
        if index < end {
            let second = index + 1 < end ? input[index + 1] : 0
            let group = UInt32(input[index]) << 16 | UInt32(second) << 8
            line[count] = alphabet[Int(group >> 18)]
            line[count + 1] = alphabet[Int(group >> 12 & 63)]
            line[count + 2] = index + 1 < end ? alphabet[Int(group >> 6 & 63)] : UInt8(ascii: "=")
            line[count + 3] = UInt8(ascii: "=")
            count += 4
        }
        line[count] = UInt8(ascii: "\n")
        return count + 1
    }
}
