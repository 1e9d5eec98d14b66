import FarmModel
import Testing
import XMLRPC

@Suite struct SizeTests {
    private static func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            var random = SeededGenerator(seed: UInt64(count))
            let storage = UnsafeMutableRawBufferPointer(buffer)
            var index = 0
            while index + 8 <= count {
                storage.storeBytes(of: random.next(), toByteOffset: index, as: UInt64.self)
                index += 8
            }
            while index < count {
                buffer[index] = 0x5A
                index += 1
            }
            initialized = count
        }
    }

    @Test("bodies of 2 KiB to 4 MiB survive the way there and back", arguments: [2, 64, 1024, 4096])
    func strings(kibibytes: Int) throws {
        let unit = "Get:1 http://archive/ubuntu <main> é & more\n"
        let text = String(repeating: unit, count: kibibytes << 10 / unit.utf8.count)
        let document = try XMLRPCEncoder().encode(.success(["log": .string(text)]))
        #expect(
            try XMLRPCDecoder(reading: .strict).decodeResponse(document) == .success(["log": .string(text)]))
    }

    @Test("many small members survive the way there and back")
    func members() throws {
        let list = (0..<20_000).map {
            XMLRPCValue.structure(["name": .string("f\($0)"), "size": .int(Int64($0))])
        }
        let document = try XMLRPCEncoder().encode(XMLRPCCall("m", [.array(list)]))
        #expect(try XMLRPCDecoder(reading: .strict).decodeCall(document).parameters == [.array(list)])
    }

    @Test("a document of just 64 MiB is read, one byte more is refused")
    func largest() throws {
        let limit = 64 << 20
        let content = Self.bytes((limit - 512) / 77 * 57)
        var document = try XMLRPCEncoder().encode(.success(.base64(content)))
        #expect(document.count <= limit)
        document.append(contentsOf: repeatElement(0x0A, count: limit - document.count))
        let decoder = XMLRPCDecoder(reading: .strict)
        let isSame = try decoder.decodeResponse(document) == .success(.base64(content))
        #expect(isSame)
        document.append(0x0A)
        #expect(decoder.refusal(of: document)?.code == .tooLarge)
    }
}
