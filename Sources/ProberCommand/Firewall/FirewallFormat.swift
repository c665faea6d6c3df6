import ArgumentParser

/// How rules, and what they do, are written.
enum FirewallFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json
}
