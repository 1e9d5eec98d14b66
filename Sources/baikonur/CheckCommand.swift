import ArgumentParser
import Scenario
import ScenarioFiles

extension Baikonur {
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read scenario files and say what is wrong with them, without running them.",
            discussion: "Exit status: 0 all files are good; 65 one has mistakes.")

        @Argument(help: "The scenario files.", completion: .scenario)
        var scenarios: [String]

        func run() throws {
            var isGood = true
            for path in scenarios {
                do {
                    let scenario = try Scenario(path: path)
                    say(
                        "\(path): "
                            + [
                                counted(scenario.slaves.count, "slave"), counted(scenario.jobs.count, "job"),
                                counted(scenario.rules.count, "fault rule"),
                                counted(scenario.expectations.count, "expectation"),
                            ].joined(separator: ", ") + "\n")
                } catch {
                    complain("\(error)")
                    isGood = false
                }
            }
            if !isGood { throw ExitStatus.mistaken }
        }
    }
}

/// A number with its noun, such as `1 job` and `2 jobs`.
func counted(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
