import FarmModel
import TestSupport
import Testing

@testable import Scenario

@Suite("Fault catalogue")
struct FaultCatalogueTests {
    @Test("the page in docs is the one that the catalogue generates")
    func page() throws {
        let generated = FaultCatalogue.markdown()
        #expect(try Repository.page("docs/faults.md", generated: generated) == generated)
    }

    @Test("names are unique and in the form of keys")
    func names() {
        let names = FaultCatalogue.all.map { $0.name }
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.isPlainName })
    }

    @Test("no parameter has the name of a key that every rule has")
    func parameters() {
        let reserved = [
            "fault", "name", "slaves", "except", "architectures", "regions", "tags", "virtual", "calls",
            "files",
            "jobs", "attempts", "when", "state", "path",
        ]
        for fault in FaultCatalogue.all {
            let names = fault.parameters.map(\.name)
            #expect(Set(names).isDisjoint(with: reserved), "\(fault.name)")
            #expect(Set(names).count == names.count, "\(fault.name)")
        }
    }

    @Test("every default is a value its parameter takes")
    func defaults() {
        for fault in FaultCatalogue.all {
            for parameter in fault.parameters {
                #expect(parameter.value(of: parameter.defaultText) != nil, "\(fault.name).\(parameter.name)")
            }
        }
    }

    @Test("every fault has an effect at its occasion")
    func effects() throws {
        let slave = SlaveTraits(name: try #require(BuilderName("a-1")), architectures: ["amd64"])
        for fault in FaultCatalogue.all {
            let moment = FaultMoment(slave: slave, event: .reset)
            #expect(!fault.init(FaultParameterValues()).effects(for: moment).isEmpty, "\(fault.name)")
        }
    }

    @Test(
        "every fault has an example that expects it to have fired",
        arguments: FaultCatalogue.all.map { $0.name })
    func examples(name: String) throws {
        let path = "mockslaves/faults/\(name).yaml"
        let scenario = try Scenario(reading: Repository.text(path), file: path)
        let rule = try #require(scenario.rules.first { type(of: $0.fault).name == name })
        let isExpected = scenario.expectations.contains { expectation in
            if case .faults(let demand) = expectation.demand {
                demand.rules.matches(rule.name)
            } else {
                false
            }
        }
        #expect(isExpected)
        #expect(scenario.expectations.count > 1)
    }

    @Test("a given parameter replaces the default")
    func givenParameter() throws {
        var values = FaultParameterValues()
        let bytes = try #require(ResetInBodyFault.bytes.value(of: "1 KiB"))
        values.set("bytes", to: bytes)
        let slave = SlaveTraits(name: try #require(BuilderName("a-1")), architectures: ["amd64"])
        let moment = FaultMoment(slave: slave, event: .call(method: "status"))
        #expect(ResetInBodyFault(values).effects(for: moment) == [.resetInBody(afterBytes: 1024)])
    }
}
