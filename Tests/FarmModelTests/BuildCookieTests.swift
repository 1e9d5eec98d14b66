import FarmModel
import Testing

@Suite("Build cookies")
struct BuildCookieTests {
    @Test("a cookie is written and read back for every job type", arguments: JobType.allCases)
    func roundTrip(type: JobType) {
        for id in [1, 1234, Int64.max] {
            let cookie = BuildCookie(jobType: type, build: BuildID(id))
            #expect(cookie.description == "\(type.rawValue)-\(id)")
            #expect(BuildCookie(cookie.description) == cookie)
        }
    }

    @Test("the eleven job types of the original are known")
    func types() {
        #expect(
            JobType.allCases.map(\.rawValue) == [
                "PACKAGEBUILD", "BRANCHBUILD", "RECIPEBRANCHBUILD", "TRANSLATIONTEMPLATESBUILD",
                "LIVEFSBUILD",
                "SNAPBUILD", "OCIRECIPEBUILD", "CHARMRECIPEBUILD", "CIBUILD", "ROCKRECIPEBUILD",
                "CRAFTRECIPEBUILD",
            ])
    }

    @Test(
        "anything else is no cookie",
        arguments: [
            "", "-", "PACKAGEBUILD", "PACKAGEBUILD-", "-1", "PACKAGEBUILD-0", "PACKAGEBUILD--1",
            "PACKAGEBUILD-+1",
            "PACKAGEBUILD-01", "PACKAGEBUILD-1 ", " PACKAGEBUILD-1", "PACKAGEBUILD-1.0", "PACKAGEBUILD-1-2",
            "packagebuild-1", "PACKAGEBUILD_1", "NOBUILD-1", "PACKAGEBUILD-9223372036854775808",
            "1-PACKAGEBUILD",
            "PACKAGEBUILD-١", "PACKAGEBUILD-\u{301}1", "PACKAGEBUILD-1\u{301}", "PACKAGEBUILD-1\n",
        ])
    func refused(text: String) {
        #expect(BuildCookie(text) == nil)
    }

    @Test(
        "a leaf's name ends in its build's cookie",
        arguments: [
            ("20261115-093000-PACKAGEBUILD-17", "PACKAGEBUILD-17"),
            ("20261115-093000-000000042-PACKAGEBUILD-17", "PACKAGEBUILD-17"),
            ("SNAPBUILD-3", "SNAPBUILD-3"),
            ("-----CIBUILD-5", "CIBUILD-5"),
        ])
    func leafNames(leaf: String, cookie: String) {
        #expect(BuildCookie(leafName: leaf)?.description == cookie)
    }

    @Test(
        "a leaf without a cookie gives none",
        arguments: [
            "", "lost+found", "20261115-093000", "20261115-093000-PACKAGEBUILD",
            "20261115-093000-PACKAGEBUILD-",
            "20261115-093000-NOBUILD-17", "20261115-093000-PACKAGEBUILD-17-",
            "20261115-093000-PACKAGEBUILD-0017",
            "20261115-093000-PACKAGEBUILD-17/..", "PACKAGEBUILD-17.upload",
        ])
    func otherLeaves(leaf: String) {
        #expect(BuildCookie(leafName: leaf) == nil)
    }

    @Test("ids are ordered by number")
    func order() {
        #expect(BuildID(9) < BuildID(10))
        #expect(QueueEntryID(9) < QueueEntryID(10))
        #expect(BuilderID(9) < BuilderID(10))
        #expect(
            [BuildID(3).description, QueueEntryID(4).description, BuilderID(5).description] == [
                "3", "4", "5",
            ])
    }
}
