import FarmModel
import MockSlave
import Testing

@testable import SlaveHost

@Suite(.timeLimit(.minutes(20))) struct HostingTests {
    @Test("two hundred slaves listen on loopback addresses of their own, all at the same port")
    func manySlaves() async throws {
        let port = try freePort()
        try await HostFixture.withHost { options, _ in
            options.configuration.port = port
            options.configuration.loopbackNetwork = 77
        } _: { fixture in
            let slaves = try (0..<200).map { number in
                HostedSlave(try HostFixture.slave("slave-\(number)").slave)
            }
            let listings = try await fixture.host.start(slaves)
            #expect(listings.map(\.name) == slaves.map(\.name))
            #expect(listings.map(\.host) == (1...200).map { "127.77.0.\($0)" })
            #expect(listings.allSatisfy { $0.port == port })
            #expect(listings[7].url == "http://127.77.0.8:\(port)")
            for listing in listings {
                let client = try await RawClient.connect(listing.host, port)
                try await client.send(call("info"))
                try await client.receive { answerCount($0) == 1 }
                #expect(try await client.text().hasPrefix("HTTP/1.1 200 OK"))
                await client.close()
            }
        }
    }

    @Test("slaves behind the shared listener are told apart by the address that is called")
    func sharedListener() async throws {
        let port = try freePort()
        try await HostFixture.withHost { options, _ in
            options.configuration.port = port
            options.configuration.loopbackNetwork = 78
        } _: { fixture in
            var slaves: [HostedSlave] = []
            for (name, tag) in [("a", "arm64"), ("b", "riscv64")] {
                var configuration = SlaveConfiguration(name: try #require(BuilderName(name)))
                configuration.architectureTag = tag
                slaves.append(HostedSlave(MockSlave(configuration, at: .systemTime), address: .shared))
            }
            let listings = try await fixture.host.start(slaves)
            for (listing, tag) in zip(listings, ["arm64", "riscv64"]) {
                let client = try await RawClient.connect(listing.host, port)
                try await client.send(call("info"))
                try await client.receive { answerCount($0) == 1 }
                #expect(try await client.text().contains(tag))
            }
            try await fixture.host.setPower(.off, of: slaves[0].name)
            let turnedAway = try await RawClient.connect(listings[0].host, port)
            try await turnedAway.receiveToEnd()
            let unknown = try await RawClient.connect("127.78.9.9", port)
            try await unknown.receiveToEnd()
            #expect(try await unknown.received().isEmpty)
        }
    }

    @Test(
        "loopback addresses are dealt out by place",
        arguments: [
            (0, "127.8.0.1"), (253, "127.8.0.254"), (254, "127.8.1.1"), (65_023, "127.8.255.254"),
            (65_024, "127.9.0.1"),
        ])
    func addresses(index: Int, address: String) {
        #expect(LoopbackAddresses(network: 8).address(at: index) == address)
    }

    @Test("there are no addresses beyond the network")
    func noAddress() {
        #expect(LoopbackAddresses(network: 254).address(at: 65_024) == nil)
    }

    @Test("an address in use and a name given twice are errors that say so")
    func startErrors() async throws {
        try await HostFixture.withHost { fixture in
            let first = try #require(await fixture.host.start([HostFixture.slave("a")]).first)
            var second = try HostFixture.slave("b")
            second.address = .fixed(host: "127.0.0.1", port: first.port)
            await #expect {
                try await fixture.host.start([second])
            } throws: { error in
                (error as? SlaveHostError)?.code == .cannotListen
                    && "\(error)".contains("slave b: cannot listen on 127.0.0.1:\(first.port)")
            }
            await #expect {
                try await fixture.host.start([HostFixture.slave("a")])
            } throws: { ($0 as? SlaveHostError)?.code == .duplicate }
            #expect(await fixture.host.listings().map(\.name.rawValue) == ["a"])
        }
    }

    @Test("a connection beyond the limit is turned away")
    func connectionLimit() async throws {
        try await HostFixture.withHost { options, _ in
            options.configuration.connectionsPerSlave = 2
        } _: { fixture in
            let listing = try #require(await fixture.host.start([HostFixture.slave()]).first)
            var clients: [RawClient] = []
            for _ in 0..<2 {
                let client = try await RawClient.connect(listing.host, listing.port)
                try await client.send(call("status"))
                try await client.receive { answerCount($0) == 1 }
                clients.append(client)
            }
            let third = try await RawClient.connect(listing.host, listing.port)
            try await third.receiveToEnd()
            #expect(try await third.received().isEmpty)
            #expect(try await clients[0].end() == .open)
        }
    }

    @Test("a silent connection is closed after a minute of the slave's clock")
    func idleConnection() async throws {
        let clock = SettableClock(.systemTime)
        try await HostFixture.withHost { options, _ in
            options.clock = clock.now
        } _: { fixture in
            let client = try await fixture.connect(to: HostFixture.slave())
            try await client.send(call("status"))
            try await client.receive { answerCount($0) == 1 }
            clock.set(clock.now() + .seconds(59))
            try await fixture.host.timePassed()
            #expect(try await client.end() == .open)
            clock.set(clock.now() + .seconds(1))
            try await fixture.host.timePassed()
            try await client.receiveToEnd()
            #expect(try await client.end() == .closed)
        }
    }

    @Test("a client that half-closes in the middle of a body is not answered")
    func halfClose() async throws {
        try await HostFixture.withHost { fixture in
            let client = try await fixture.connect(to: HostFixture.slave())
            try await client.send("POST /rpc HTTP/1.1\r\nContent-Length: 5000\r\n\r\nabc")
            try await client.finish()
            #expect(try await client.receiveToEnd().isEmpty)
        }
    }

    @Test("many requests in one piece are answered one after the other")
    func manyRequests() async throws {
        try await HostFixture.withHost { fixture in
            let client = try await fixture.connect(to: HostFixture.slave())
            try await client.send(String(repeating: get("/nope"), count: 2000))
            let bytes = try await client.receive { answerCount($0) == 2000 }
            #expect(answerCount(bytes) == 2000)
        }
    }

    @Test("a large file goes to a slow reader whole, and other slaves answer meanwhile")
    func slowReader() async throws {
        try await HostFixture.withHost { fixture in
            let contents = (0..<8_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
            let stored = try fixture.store.insert(bytes: contents)
            let hosted = try HostFixture.slave { slave in
                let file = CachedFile(sum: stored.sha1, size: stored.size, modified: .systemTime)
                _ = slave.handle(.addToCache(file), at: .systemTime) { _ in BuildScript() }
            }
            let client = try await fixture.connect(to: hosted)
            try await client.send(
                get("/filecache/\(stored.sha1)") + get("/filecache/\(stored.sha1)", "Range: bytes=5-9"))
            let other = try await fixture.connect(to: HostFixture.slave("other"))
            try await other.send(call("status"))
            try await other.receive { answerCount($0) == 1 }
            let bytes = try await client.receive { $0.count > 8_000_000 && answerCount($0) == 2 }
            #expect(bytes.suffix(5) == contents[5...9])
            let head = bytes.count - 5 - 8_000_000
            #expect(head < 1000)
            #expect((0..<head).contains { bytes.dropFirst($0).prefix(8_000_000).elementsEqual(contents) })
            #expect(
                String(decoding: bytes.prefix(400), as: UTF8.self).contains("Content-Length: 8000000\r\n"))
        }
    }

    @Test("a file that the content store has lost is not there")
    func lostContent() async throws {
        try await HostFixture.withHost { fixture in
            let sum = try #require(SHA1Digest("171f0326fdc56a48d93c7be9bd0d57bc809ff610"))
            let hosted = try HostFixture.slave { slave in
                let file = CachedFile(sum: sum, size: 24, modified: .systemTime)
                _ = slave.handle(.addToCache(file), at: .systemTime) { _ in BuildScript() }
            }
            let client = try await fixture.connect(to: hosted)
            try await client.send(get("/filecache/\(sum)"))
            try await client.receive { answerCount($0) == 1 }
            #expect(try await client.text().hasPrefix("HTTP/1.1 404 Not Found"))
        }
    }

    @Test("the journal tells calls, files and pages in order, and counts what it has no room for")
    func journal() async throws {
        let journal = Journal(limit: 4)
        try await HostFixture.withHost { options, _ in
            options.journal = journal.sink
        } _: { fixture in
            let client = try await fixture.connect(to: HostFixture.slave())
            try await client.send(call("status"))
            try await client.receive { answerCount($0) == 1 }
            try await client.send(get("/filecache/nothing") + get("/nope"))
            try await client.receive { answerCount($0) == 3 }
        }
        journal.finish()
        var events: [JournalEntry.Event] = []
        for await entry in journal.entries { events.append(entry.event) }
        #expect(events.count == 4)
        #expect(events[0] == .power(.on))
        #expect(events[2] == .call(method: "status"))
        #expect(events[3] == .file(name: "nothing", status: 404))
        #expect(journal.lostEntries == 2)
    }
}
