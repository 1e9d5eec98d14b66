import DebianFormats
import FarmModel
import Scenario

extension PackageBuilder {
    /// Makes up the packages of a scenario: the same for the same seed, whenever it is run.
    init(_ scenario: Scenario) {
        // The begin of 2010, in UTC.
        self.init(seed: scenario.seed, modified: Instant(seconds: 1_262_304_000))
    }
}
