import Testing

@testable import Conformance

@Suite("URLs of slaves")
struct SlaveAddressTests {
    @Test(
        "a URL names host and port",
        arguments: [
            ("http://127.0.0.1:8221", "127.0.0.1", 8221), ("http://builder", "builder", 8221),
            ("http://b:1/", "b", 1), ("http://b:80/rpc", "b", 80), ("http://[::1]:9/rpc/", "::1", 9),
        ])
    func accepted(url: String, host: String, port: Int) throws {
        let address = try SlaveAddress(url: url)
        #expect(address.host == host)
        #expect(address.port == port)
    }

    @Test(
        "anything else is refused by name",
        arguments: [
            "", "127.0.0.1:8221", "https://b", "http://", "http://b/filecache", "http://b:0",
            "http://b:70000",
            "http://u:p@b", "http://b?x",
        ])
    func refused(url: String) {
        #expect {
            try SlaveAddress(url: url)
        } throws: {
            ($0 as? ConformanceError)?.code == .url && "\($0)".contains("'\(url)'")
        }
    }
}
