public import ArgumentParser
public import FarmModel

// Words of the farm that stand on the command line.

extension BuilderName: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension BuildStatus: ExpressibleByArgument {
    public init?(argument: String) { self.init(name: argument.uppercased()) }

    public static var allValueStrings: [String] { allCases.map(\.name) }
}
