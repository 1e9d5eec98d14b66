import FarmModel
import FarmRecords
import Store
import Testing

@Suite("Uploads")
struct UploadRecordsTests {
    @Test("a good upload: FULLYBUILT, its binaries and its log")
    func accepted() async throws {
        let farm = try await TestFarm()
        let build = try await farm.uploading()
        try await farm.expectSound()
        let binaries = [try BinaryRecord.sample("zlib"), try .sample("hello")]
        try await farm.records.acceptUpload(build, binaries: binaries, uploadLog: try .of(5), now: farm.at(9))
        let listing = try #require(try await farm.records.build(build))
        #expect(listing.status == .fullyBuilt && listing.binaries == 2)
        #expect(try listing.uploadLog == .of(5))
        #expect(listing.dateFinished == farm.at(4), "the date is that of the collection")
        #expect(try await farm.records.binaries(of: build) == binaries.reversed())
        #expect(try await farm.records.uploadingLeaves().isEmpty)
        try await farm.expectSound()
    }

    @Test("a refused upload: FAILEDTOUPLOAD and its log")
    func refused() async throws {
        let farm = try await TestFarm()
        let build = try await farm.uploading()
        try await farm.records.refuseUpload(build, uploadLog: try .of(5), now: farm.at(9))
        let listing = try #require(try await farm.records.build(build))
        #expect(listing.status == .failedToUpload && listing.binaries == 0)
        #expect(try listing.uploadLog == .of(5))
        try await farm.expectSound()
        let other = try await farm.uploading("eve")
        try await farm.records.refuseUpload(other, uploadLog: nil, now: farm.at(9))
        #expect(try await farm.records.build(other)?.uploadLog == nil)
    }

    @Test("an upload without a binary cannot be accepted")
    func noBinary() async throws {
        let farm = try await TestFarm()
        let build = try await farm.uploading()
        #expect(
            await refusal {
                try await farm.records.acceptUpload(build, binaries: [], uploadLog: nil, now: farm.at(9))
            } == .illegalTransition)
        #expect(try await farm.status(build) == .uploading)
        try await farm.expectSound()
    }

    @Test("an upload changes only a build that is UPLOADING", arguments: BuildStatus.allCases)
    func otherStatuses(status: BuildStatus) async throws {
        guard status != .uploading else { return }
        let farm = try await TestFarm()
        let build = try await farm.build()
        try await farm.records.store.write { tx in
            try tx.execute("UPDATE builds SET status = $1", [.integer(Int64(status.rawValue))])
        }
        #expect(
            await refusal {
                try await farm.records.acceptUpload(
                    build, binaries: [.sample()], uploadLog: nil, now: farm.at(9))
            } == .illegalTransition)
        #expect(
            await refusal { try await farm.records.refuseUpload(build, uploadLog: nil, now: farm.at(9)) }
                == .illegalTransition)
        #expect(try await farm.status(build) == status)
        #expect(try await farm.records.binaries(of: build).isEmpty)
    }

    @Test("an upload is accepted once")
    func once() async throws {
        let farm = try await TestFarm()
        let build = try await farm.uploading()
        try await farm.records.acceptUpload(build, binaries: [.sample()], uploadLog: nil, now: farm.at(9))
        #expect(
            await refusal {
                try await farm.records.acceptUpload(
                    build, binaries: [.sample("more")], uploadLog: nil, now: farm.at(10))
            } == .illegalTransition)
        #expect(try await farm.records.binaries(of: build).count == 1)
    }

    @Test("if one binary cannot be recorded, none is, and the build stays UPLOADING")
    func atomic() async throws {
        let farm = try await TestFarm()
        let build = try await farm.uploading()
        await #expect(throws: StoreError.self) {
            try await farm.records.acceptUpload(
                build, binaries: [.sample(), .sample()], uploadLog: try .of(5), now: farm.at(9))
        }
        #expect(try await farm.status(build) == .uploading)
        #expect(try await farm.records.binaries(of: build).isEmpty)
        #expect(try await farm.records.libraryAccess(to: try .of(5)) == .unknown)
    }

    @Test("an unknown build has no upload")
    func unknown() async throws {
        let farm = try await TestFarm()
        #expect(try await farm.records.uploadingBuild(BuildID(9)) == nil)
        #expect(
            await refusal {
                try await farm.records.acceptUpload(
                    BuildID(9), binaries: [.sample()], uploadLog: nil, now: farm.at(1))
            } == .notFound)
        #expect(
            await refusal { try await farm.records.refuseUpload(BuildID(9), uploadLog: nil, now: farm.at(1)) }
                == .notFound)
    }

    @Test("what the processor must know of a build")
    func facts() async throws {
        let farm = try await TestFarm()
        let build = try await farm.uploading()
        let facts = try #require(try await farm.records.uploadingBuild(build))
        #expect(facts.build == build && facts.status == .uploading && facts.jobType == .packageBuild)
        #expect(facts.sourceName == "hello" && facts.sourceVersion == "1.0" && facts.architecture == "amd64")
        #expect(facts.archive == farm.archive && facts.distribution == "ubuntu" && !facts.isPrivate)
        #expect(facts.component == "main" && facts.section == "misc")
        #expect(facts.leaf == "leaf-PACKAGEBUILD-1")
    }

    @Test("a refused upload may be retried, and its second build uploaded")
    func retry() async throws {
        let farm = try await TestFarm()
        let build = try await farm.uploading("bob")
        try await farm.records.refuseUpload(build, uploadLog: nil, now: farm.at(9))
        try await farm.records.retry(build, score: 1, now: farm.at(10))
        #expect(try await farm.records.uploadingBuild(build)?.leaf == nil)
        let eve = try await farm.builder("eve")
        let job = try #require(try await farm.take(eve)).job
        #expect(job.build == build)
        try await farm.records.handOver(build, leaf: "second", on: eve, now: farm.at(12))
        try await farm.records.acceptUpload(build, binaries: [.sample()], uploadLog: nil, now: farm.at(13))
        #expect(try await farm.records.attempts(of: build).map(\.outcome) == ["UPLOADING", "UPLOADING"])
        try await farm.expectSound()
    }
}

@Suite("Access to the library")
struct LibraryRecordsTests {
    @Test("a file that no record names is unknown")
    func unknown() async throws {
        let farm = try await TestFarm()
        #expect(try await farm.records.libraryAccess(to: try .of(200)) == .unknown)
    }

    @Test("files of public archives and base images are open")
    func open() async throws {
        let farm = try await TestFarm()
        try await farm.source("hello")
        #expect(try await farm.records.libraryAccess(to: try .of(1)) == .open)
        #expect(try await farm.records.libraryAccess(to: try .of(2)) == .open)
    }

    @Test("files of private archives ask for the token of one of them")
    func restricted() async throws {
        let farm = try await TestFarm()
        for (name, token) in [("one", "tok-1"), ("two", "tok-2"), ("none", nil)] {
            let archive = try await farm.records.enter(
                archive: ArchiveEntry(name: name, isPrivate: true, buildToken: token))
            try await farm.records.registerLibraryFile(try .of(50), archive: archive, isRestricted: true)
            try await farm.records.registerLibraryFile(try .of(50), archive: archive, isRestricted: true)
        }
        guard case .restricted(let tokens) = try await farm.records.libraryAccess(to: try .of(50)) else {
            Issue.record("the file is not restricted")
            return
        }
        #expect(Set(tokens) == ["tok-1", "tok-2"])
    }

    @Test("a file that is public somewhere is open everywhere")
    func both() async throws {
        let farm = try await TestFarm()
        let hidden = try await farm.records.enter(
            archive: ArchiveEntry(name: "hidden", isPrivate: true, buildToken: "tok"))
        try await farm.records.registerLibraryFile(try .of(50), archive: hidden, isRestricted: true)
        try await farm.records.registerLibraryFile(try .of(50), archive: farm.archive, isRestricted: false)
        #expect(try await farm.records.libraryAccess(to: try .of(50)) == .open)
    }

    @Test("logs, upload logs and binaries are as private as their archive", arguments: [true, false])
    func buildFiles(isPrivate: Bool) async throws {
        let farm = try await TestFarm()
        let archive = try await farm.records.enter(
            archive: ArchiveEntry(
                name: "ppa", isPrivate: isPrivate, requiresVirtualized: false,
                buildToken: isPrivate ? "tok" : nil))
        let build = try await farm.build("secret", archive: archive)
        let bob = try await farm.builder("bob")
        _ = try await farm.take(bob)
        try await farm.records.storeLog(try .of(60), of: build)
        try await farm.records.handOver(build, leaf: "leaf", on: bob, now: farm.at(2))
        try await farm.records.acceptUpload(
            build, binaries: [.sample()], uploadLog: try .of(61), now: farm.at(3))
        for sum in [60, 61, 9, 2] as [UInt8] {
            let access = try await farm.records.libraryAccess(to: try .of(sum))
            #expect(access == (isPrivate ? .restricted(tokens: ["tok"]) : .open))
        }
    }
}
