import BuildManager
import FarmModel
import Testing

@Suite("The judge of 2023")
struct JudgeTests {
    // Manager spec 11.3: rows the builder's count, columns the job's, both from 0 to 7. `.` nothing, `r` job
    // reset, `D` builder dirtied and job reset, `X` builder disabled and job reset, `F` job failed.
    private static let withRetry = [
        ".FFFFFFF",
        "D.FFFFFF",
        "DD.FFFFF",
        "DDDrFFFF",
        "DDDDrFFF",
        "XXXXXrFF",
        "XXXXXXrF",
        "XXXXXXXr",
    ].map(Array.init)
    private static let withoutRetry = [
        "rFFFFFFF",
        "DrFFFFFF",
        "DDrFFFFF",
        "DDDrFFFF",
        "DDDDrFFF",
        "XXXXXrFF",
        "XXXXXXrF",
        "XXXXXXXr",
    ].map(Array.init)

    private static let causes = FailureReport.Cause.allCases.filter { $0 != .isolation }

    @Test("every pair of counts has the verdict of the original", arguments: 0..<8, 0..<8)
    func grid(builder: Int, job: Int) {
        for cause in Self.causes {
            let retried = judge(cause, mayRetry: true, builder, job)
            #expect(Self.letter(retried) == Self.withRetry[builder][job])
            let atOnce = judge(cause, mayRetry: false, builder, job)
            #expect(Self.letter(atOnce) == Self.withoutRetry[builder][job])
        }
    }

    @Test("a verdict against the job, and no other, clears the builder's count", arguments: 0..<8, 0..<8)
    func clearing(builder: Int, job: Int) {
        for mayRetry in [true, false] {
            let verdict = judge(.communication, mayRetry: mayRetry, builder, job)
            #expect(verdict.clearsBuilderCount == (verdict.job == .fail))
        }
    }

    @Test("without a job only the builder's part of column 0 applies", arguments: 1..<8)
    func noJob(builder: Int) {
        for mayRetry in [true, false] {
            let verdict = judge(.communication, mayRetry: mayRetry, builder, 0, hasJob: false)
            #expect(verdict.builder == (builder < 5 ? .dirty : .disable))
            #expect(verdict.job == .none)
            #expect(!verdict.clearsBuilderCount)
        }
    }

    @Test("an isolation error condemns both, whatever the counts", arguments: 0..<8, 0..<8)
    func isolation(builder: Int, job: Int) {
        for tieLimit in [nil, 1, 10] {
            let verdict = judge(.isolation, mayRetry: false, builder, job, tieLimit: tieLimit)
            #expect(verdict.builder == .disable)
            #expect(verdict.job == .fail)
            #expect(!verdict.clearsBuilderCount)
            let alone = judge(.isolation, mayRetry: false, builder, 0, hasJob: false, tieLimit: tieLimit)
            #expect(alone.builder == .disable)
            #expect(alone.job == .none)
        }
    }

    @Test(
        "a tie ends at its limit with the job, and leaves all other counts alone", arguments: 0..<13, 0..<13)
    func tieLimit(builder: Int, job: Int) {
        for mayRetry in [true, false] {
            let limited = judge(.communication, mayRetry: mayRetry, builder, job, tieLimit: 10)
            if builder == job, job >= 10 {
                #expect(Self.letter(limited) == "F")
                #expect(limited.clearsBuilderCount)
            } else {
                let unlimited = judge(.communication, mayRetry: mayRetry, builder, job)
                #expect(limited == unlimited)
            }
        }
    }

    @Test("thresholds are configuration")
    func thresholds() {
        let policy = CurrentPolicy(jobResetThreshold: 2, builderDisableThreshold: 7)
        let report = Self.report(.communication, mayRetry: true, hasJob: true)
        #expect(policy.judge(report, builderCount: 1, jobCount: 1).job == .none)
        #expect(policy.judge(report, builderCount: 2, jobCount: 2).job == .reset)
        #expect(policy.judge(report, builderCount: 6, jobCount: 1).builder == .dirty)
        #expect(policy.judge(report, builderCount: 7, jobCount: 1).builder == .disable)
    }

    @Test("a policy's name gives the policy with the rules' numbers")
    func byName() {
        var rules = AttributionRules()
        rules.jobResetThreshold = 2
        rules.builderDisableThreshold = 4
        rules.tieLimit = 6
        let policy = FailurePolicyName.current.policy(rules) as? CurrentPolicy
        #expect(policy?.jobResetThreshold == 2)
        #expect(policy?.builderDisableThreshold == 4)
        #expect(policy?.tieLimit == 6)
        #expect((FailurePolicyName.current.policy(.original) as? CurrentPolicy)?.tieLimit == nil)
    }

    @Test("every verdict explains itself with the counts it rests on", arguments: 1..<8, 0..<8)
    func explanations(builder: Int, job: Int) {
        let verdict = judge(.communication, mayRetry: true, builder, job)
        #expect(verdict.explanation.contains(String(builder)))
        #expect(verdict.explanation.contains(String(job)))
        #expect(!verdict.explanation.contains("1 failures"))
    }

    private func judge(
        _ cause: FailureReport.Cause, mayRetry: Bool, _ builder: Int, _ job: Int, hasJob: Bool = true,
        tieLimit: Int? = nil
    ) -> Verdict {
        CurrentPolicy(tieLimit: tieLimit).judge(
            Self.report(cause, mayRetry: mayRetry, hasJob: hasJob), builderCount: builder, jobCount: job)
    }

    private static func report(_ cause: FailureReport.Cause, mayRetry: Bool, hasJob: Bool) -> FailureReport {
        FailureReport(
            builder: BuilderID(1), job: hasJob ? .sample : nil, cause: cause, message: "it broke",
            mayRetry: mayRetry)
    }

    private static func letter(_ verdict: Verdict) -> Character {
        switch (verdict.builder, verdict.job) {
        case (.none, .none): "."
        case (.none, .reset): "r"
        case (.dirty, .reset): "D"
        case (.disable, .reset): "X"
        case (.none, .fail): "F"
        default: "?"
        }
    }
}
