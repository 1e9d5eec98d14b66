/// Base64 as web addresses and headers use it.
enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let number = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                text.append(
                    place <= group.count ? alphabet[number >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Characters outside the alphabet are skipped; nil when the rest is not whole.
    static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var number = 0
        var count = 0
        var padding = 0
        for character in text {
            if character == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            guard let value = alphabet.firstIndex(of: character) else { continue }
            number = number << 6 | value
            count += 1
            if count % 4 == 0 {
                bytes += [UInt8(number >> 16 & 255), UInt8(number >> 8 & 255), UInt8(number & 255)]
                number = 0
            }
        }
        switch count % 4 {
        case 0: return bytes
        case 2 where padding >= 2: return bytes + [UInt8(number >> 4 & 255)]
        case 3 where padding >= 1: return bytes + [UInt8(number >> 10 & 255), UInt8(number >> 2 & 255)]
        default: return nil
        }
    }
}
