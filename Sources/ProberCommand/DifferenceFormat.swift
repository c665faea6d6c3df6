import ArgumentParser

/// How differences are written.
enum DifferenceFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json
}
