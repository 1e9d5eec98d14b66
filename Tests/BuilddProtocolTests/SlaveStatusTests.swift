import Testing

@testable import BuilddProtocol

@Suite struct P { @Test func a() { #expect(Bool(true)) } }
