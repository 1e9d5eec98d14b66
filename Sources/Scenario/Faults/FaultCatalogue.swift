/// All scripted faults, in the order in which the documentation shows them.
public enum FaultCatalogue {
    public static let all: [any ScriptedFault.Type] = [
        RefuseConnectionsFault.self,
        NeverAnswerFault.self,
        DelayFault.self,
        ResetBeforeAnswerFault.self,
        ResetInBodyFault.self,
        MalformedXMLFault.self,
        RPCFault.self,
        Fault8002Fault.self,
        WrongBuildIDFault.self,
        ForgetBuildFault.self,
        NeverFinishAbortingFault.self,
        UnknownSumFault.self,
        UnknownBuilderFault.self,
        TruncatedFileFault.self,
        CorruptFileFault.self,
        PackageFailFault.self,
        DepFailFault.self,
        ChrootFailFault.self,
        BuilderFailFault.self,
        GivenBackFault.self,
        PoisonJobFault.self,
        ResetFailsFault.self,
        ResetHangsFault.self,
        ResetLiesFault.self,
    ]

    /// The fault of that name.
    public static func fault(named name: String) -> (any ScriptedFault.Type)? {
        all.first { $0.name == name }
    }

    /// The page `docs/faults.md`.
    public static func markdown() -> String {
        let header = """
            # Scripted faults

            This page is generated from the faults themselves (`BAIKONUR_REGENERATE=1 swift test --filter \
            FaultCatalogueTests`).

            A rule names a fault, its parameters, where it applies and when it fires:

            ```yaml
            faults:
              - fault: reset-in-body
                bytes: 20
                slaves: lcy-*
                when: { after: 5s, times: 2 }
            ```

            Every parameter has a default, so `- reset-in-body` alone is a rule. The keys that every rule \
            understands (`slaves`, `calls`, `when`, …) are described in [scenario.md](scenario.md#faults).

            | fault | acts on | what happens |
            | --- | --- | --- |

            """
        let rows = all.map { "| [`\($0.name)`](#\($0.name)) | \($0.occasion) | \($0.summary) |\n" }.joined()
        return header + rows + all.map(section).joined()
    }

    private static func section(_ fault: any ScriptedFault.Type) -> String {
        var text = "\n## \(fault.name)\n\n\(fault.summary)\n\nActs on \(fault.occasion)"
        text += fault.needsBuild ? ", while the slave has a build.\n" : ".\n"
        if !fault.parameters.isEmpty {
            text += "\n| parameter | type | default | meaning |\n| --- | --- | --- | --- |\n"
            for parameter in fault.parameters {
                text += "| `\(parameter.name)` | \(parameter.expected) | `\(parameter.defaultText)` "
                text += "| \(parameter.summary) |\n"
            }
        }
        return text
            + "\nExample: [`mockslaves/faults/\(fault.name).yaml`](../mockslaves/faults/\(fault.name).yaml)\n"
    }
}
