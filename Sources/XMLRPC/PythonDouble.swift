/// Writes a double as Python's `repr`: the shortest digits that read back the same, without an exponent from
/// 0.0001 up to below 10^16.
enum PythonDouble {
    static func append(_ number: Double, to output: inout [UInt8]) {
        guard number.isFinite else {
            let word = number.isNaN ? "nan" : number < 0 ? "-inf" : "inf"
            output.append(contentsOf: word.utf8)
            return
        }
        if number.sign == .minus { output.append(UInt8(ascii: "-")) }
        let (digits, point) = shortest(number.magnitude)
        if point > 16 || point < -3 {
            appendScientific(digits, exponent: point - 1, to: &output)
        } else {
            appendPlain(digits, point: point, to: &output)
        }
    }

    /// The digits, without zeros at either end, and where the decimal point lies behind the first of them.
    private static func shortest(_ magnitude: Double) -> (digits: [UInt8], point: Int) {
        // Swift's own text has the shortest digits too; only its layout differs.
        var digits: [UInt8] = []
        var point: Int?
        var exponent = 0
        var text = magnitude.description.utf8[...]
        while let byte = text.popFirst() {
            switch byte {
            case UInt8(ascii: "."): point = digits.count
            case UInt8(ascii: "e"):
                exponent = Int(Substring(text)) ?? 0
                text = text.suffix(0)
            default: digits.append(byte)
            }
        }
        let leading = digits.prefix { $0 == UInt8(ascii: "0") }.count
        let position = (point ?? digits.count) + exponent - leading
        digits.removeFirst(leading)
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return digits.isEmpty ? ([UInt8(ascii: "0")], 1) : (digits, position)
    }

    private static func appendScientific(_ digits: [UInt8], exponent: Int, to output: inout [UInt8]) {
        output.append(digits[0])
        if digits.count > 1 {
            output.append(UInt8(ascii: "."))
            output.append(contentsOf: digits.dropFirst())
        }
        output.append(UInt8(ascii: "e"))
        output.append(UInt8(ascii: exponent < 0 ? "-" : "+"))
        if abs(exponent) < 10 { output.append(UInt8(ascii: "0")) }
        output.append(contentsOf: String(abs(exponent)).utf8)
    }

    private static func appendPlain(_ digits: [UInt8], point: Int, to output: inout [UInt8]) {
        let zero = UInt8(ascii: "0")
        if point <= 0 {
            output.append(contentsOf: "0.".utf8)
            output.append(contentsOf: repeatElement(zero, count: -point))
            output.append(contentsOf: digits)
        } else {
            output.append(contentsOf: digits.prefix(point))
            output.append(contentsOf: repeatElement(zero, count: max(0, point - digits.count)))
            output.append(UInt8(ascii: "."))
            output.append(contentsOf: digits.count > point ? digits[point...] : [zero])
        }
    }
}
