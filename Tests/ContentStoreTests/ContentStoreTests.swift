import ContentStore
import FarmModel
import Foundation
import Glibc
import TestSupport
import Testing

@Suite("Content store")
struct ContentStoreTests {
    private let scratch: ScratchDirectory
    private let store: ContentStore

    init() throws {
        scratch = try ScratchDirectory()
        store = try ContentStore.open(directory: scratch.path("content"), options: .init(waitsForDisk: false))
    }

    private static let hello = Array("hello".utf8)
    private static let helloSHA1 = "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"
    private static let helloSHA256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

    /// What lies in the temporary directory.
    private var leftovers: [String] { scratch.names(in: "content/tmp") }

    @Test("bytes are found again by their SHA-1")
    func insertBytes() throws {
        let stored = try store.insert(bytes: Self.hello)
        #expect(stored.sha1.description == Self.helloSHA1)
        #expect(stored.sha256.description == Self.helloSHA256)
        #expect(stored.size == 5)
        #expect(store.contains(stored.sha1))
        #expect(store.size(of: stored.sha1) == 5)
        #expect(try store.bytes(of: stored.sha1, limit: 5) == Self.hello)
        #expect(
            store.path(of: stored.sha1) == "\(scratch.path)/content/aa/f4/\(Self.helloSHA1)")
        #expect(leftovers == [])
    }

    @Test("empty content is content")
    func insertNothing() throws {
        let stored = try store.insert(bytes: [UInt8]())
        #expect(store.size(of: stored.sha1) == 0)
        #expect(stored.sha1.description == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
    }

    @Test("what is not there is nil, and reading it an error")
    func missing() throws {
        let sum = try #require(SHA1Digest(Self.helloSHA1))
        #expect(store.path(of: sum) == nil)
        #expect(store.size(of: sum) == nil)
        #expect(!store.contains(sum))
        #expect(contentStoreError { try store.bytes(of: sum, limit: 10) } == .notFound)
        #expect(try store.remove(sum) == false)
    }

    @Test("content comes in pieces and is visible only when complete")
    func writerInPieces() throws {
        let writer = try store.writer()
        let sum = try #require(SHA1Digest(Self.helloSHA1))
        for byte in Self.hello { try writer.write([byte]) }
        #expect(writer.size == 5)
        #expect(!store.contains(sum))
        let stored = try writer.finish(expecting: sum)
        #expect(stored.sha256.description == Self.helloSHA256)
        #expect(store.contains(sum))
        #expect(leftovers == [])
        #expect(contentStoreError { try writer.write([1]) } == .writerClosed)
        #expect(contentStoreError { try writer.finish() } == .writerClosed)
    }

    @Test("content other than the announced is refused and leaves nothing")
    func digestMismatch() throws {
        let other = try #require(SHA1Digest(String(repeating: "0", count: 40)))
        let writer = try store.writer()
        try writer.write(Self.hello)
        #expect(contentStoreError { try writer.finish(expecting: other) } == .digestMismatch)
        let path = try scratch.write("file", Self.hello)
        for way in [ContentStore.Insertion.copy, .link] {
            #expect(
                contentStoreError { try store.insert(fileAt: path, by: way, expecting: other) }
                    == .digestMismatch)
        }
        #expect(leftovers == [])
        #expect(scratch.names(in: "content") == ["tmp"])
    }

    @Test("content beyond a limit is refused at the byte that passes it, and leaves nothing")
    func limits() throws {
        let writer = try store.writer(limit: 4)
        try writer.write(Self.hello.prefix(4))
        #expect(contentStoreError { try writer.write(Self.hello.suffix(1)) } == .tooLarge)
        #expect(contentStoreError { try writer.finish() } == .writerClosed)
        let small = try ContentStore.open(
            directory: scratch.path("small"), options: .init(maximumFileSize: 4, waitsForDisk: false))
        let path = try scratch.write("file", Self.hello)
        #expect(contentStoreError { try small.insert(bytes: Self.hello) } == .tooLarge)
        #expect(contentStoreError { try small.insert(fileAt: path) } == .tooLarge)
        #expect(contentStoreError { try small.insert(fileAt: path, by: .link) } == .tooLarge)
        #expect(contentStoreError { try small.writer(limit: 100).write(Self.hello) } == .tooLarge)
        #expect(leftovers + scratch.names(in: "small/tmp") == [])
    }

    @Test("a writer that is given up, or forgotten, leaves nothing")
    func abandoned() throws {
        let writer = try store.writer()
        try writer.write(Self.hello)
        #expect(leftovers.count == 1)
        writer.abandon()
        #expect(leftovers == [])
        func forget() throws { try store.writer().write(Self.hello) }
        try forget()
        #expect(leftovers == [])
    }

    @Test("a file is copied, and later changes of it do not reach the store")
    func insertCopy() throws {
        let path = try scratch.write("file", Self.hello)
        let stored = try store.insert(fileAt: path)
        try scratch.write("file", Array("HELLO".utf8))
        #expect(try store.bytes(of: stored.sha1, limit: 10) == Self.hello)
        #expect(try store.verify(stored.sha1) == stored)
    }

    @Test("a file is linked, without a copy, and read-only from then on")
    func insertLink() throws {
        let path = try scratch.write("file", Self.hello)
        let stored = try store.insert(fileAt: path, by: .link)
        let inside = try FileManager.default.attributesOfItem(atPath: store.location(of: stored.sha1))
        let outside = try FileManager.default.attributesOfItem(atPath: path)
        #expect(inside[.systemFileNumber] as? Int == outside[.systemFileNumber] as? Int)
        #expect(inside[.posixPermissions] as? Int == 0o444)
        // Again, now that it is there.
        #expect(try store.insert(fileAt: path, by: .link) == stored)
        #expect(try store.insert(fileAt: path) == stored)
    }

    @Test("links, directories and pipes are not inserted, and a pipe does not block")
    func refusesSpecialFiles() throws {
        let target = try scratch.write("file", Self.hello)
        try FileManager.default.createSymbolicLink(atPath: scratch.path("link"), withDestinationPath: target)
        #expect(mkfifo(scratch.path("pipe"), 0o600) == 0)
        for name in ["link", "pipe", ""] {
            for way in [ContentStore.Insertion.copy, .link] {
                let error = contentStoreError { try store.insert(fileAt: scratch.path(name), by: way) }
                #expect(error == .notARegularFile, "\(name)")
            }
        }
        #expect(contentStoreError { try store.insert(fileAt: scratch.path("nothing")) } == .notFound)
    }

    @Test("removed content is gone, but can still be read by whoever had opened it")
    func remove() throws {
        let stored = try store.insert(bytes: Self.hello)
        let file = try store.openFile(stored.sha1)
        #expect(try store.remove(stored.sha1))
        #expect(!store.contains(stored.sha1))
        #expect(try file.bytes(at: 1, count: 100) == Array("ello".utf8))
        try store.insert(bytes: Self.hello)
        #expect(store.contains(stored.sha1))
    }

    @Test("damaged content is noticed, and not taken for the same")
    func damage() throws {
        let stored = try store.insert(bytes: Self.hello)
        for wrong in ["hellO", "hell"] {
            try store.remove(stored.sha1)
            try scratch.write("content/aa/f4/\(Self.helloSHA1)", Array(wrong.utf8))
            #expect(contentStoreError { try store.verify(stored.sha1) } == .storedContentDiffers)
            #expect(contentStoreError { try store.insert(bytes: Self.hello) } == .storedContentDiffers)
        }
        #expect(leftovers == [])
    }

    @Test("many writers of the same and of different content do not disturb each other")
    func concurrentWriters() async throws {
        let store = store
        let sums = try await withThrowingTaskGroup(of: SHA1Digest.self) { group in
            for number in 0..<64 {
                group.addTask {
                    let other = try ContentStore.open(directory: store.directory, options: store.options)
                    let writer = try other.writer()
                    for piece in 0..<10 {
                        try writer.write(Array("content \(number % 4), piece \(piece)\n".utf8))
                    }
                    return try writer.finish().sha1
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(sums.count == 4)
        for sum in sums { try store.verify(sum) }
        #expect(leftovers == [])
    }

    @Test("content synced to the disk is the same content")
    func waitsForDisk() throws {
        let store = try ContentStore.open(directory: scratch.path("synced"))
        let path = try scratch.write("file", Self.hello)
        let stored = try store.insert(bytes: Self.hello)
        #expect(try store.insert(fileAt: path, by: .link) == stored)
        #expect(try store.verify(stored.sha1) == stored)
    }

    @Test("a place where no directory can be is refused")
    func refusesPlace() throws {
        try scratch.write("file", Self.hello)
        let places: [(String, ContentStoreError.Code)] = [("file", .inputOutput), ("no/parent", .notFound)]
        for (place, code) in places {
            #expect(contentStoreError { try ContentStore.open(directory: scratch.path(place)) } == code)
        }
    }

    @Test("what a killed process was writing is removed at the next opening; what is being written stays")
    func staleFiles() async throws {
        let directory = store.directory
        await #expect(processExitsWith: .signal(SIGKILL)) { [directory = directory as String] in
            let store = try ContentStore.open(directory: directory)
            let writer = try store.writer()
            try writer.write(Array("half of it".utf8))
            kill(getpid(), SIGKILL)
            try writer.finish()
        }
        #expect(leftovers.count == 1)
        let writer = try store.writer()
        #expect(leftovers.count == 2)
        let again = try ContentStore.open(directory: directory)
        #expect(leftovers.count == 1)
        try writer.write(Self.hello)
        #expect(again.contains(try writer.finish().sha1))
        #expect(leftovers == [])
    }
}

/// The code of the error that `body` throws.
func contentStoreError<T>(_ body: () throws -> T) -> ContentStoreError.Code? {
    do {
        _ = try body()
        return nil
    } catch {
        return (error as? ContentStoreError)?.code
    }
}
