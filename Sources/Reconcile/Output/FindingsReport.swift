import Prober

/// The findings of one run, of one target or of several, as a file for people or programs shows them.
public struct FindingsReport: Sendable {
    /// What was found of each target, in the order of the run.
    public var parts: [Part]
    /// Targets that the run was to judge and did not get to.
    public var notBegun: [String]
    /// The version of Prober that judged.
    public var version: String
    /// What makes the run fail.
    public var rule: FailureRule

    /// A report of the given parts.
    public init(
        _ parts: [Part], notBegun: [String] = [], version: String,
        failing rule: FailureRule = .policy
    ) {
        self.parts = parts
        self.notBegun = notBegun
        self.version = version
        self.rule = rule
    }

    /// What was found of one target.
    public struct Part: Sendable {
        /// What its owner calls it; nil when no target file declared anything.
        public var target: String?
        /// Where the target is written, as `file:line:column`.
        public var location: String?
        /// What was found.
        public var reconciliation: Reconciliation

        /// What was found of `target`.
        public init(
            _ reconciliation: Reconciliation, target: String? = nil, location: String? = nil
        ) {
            self.target = target
            self.location = location
            self.reconciliation = reconciliation
        }

        /// The name for people.
        var name: String { target ?? "scan" }

        /// What the vantage is called.
        var vantage: String { reconciliation.vantage?.name ?? Self.noVantage }

        /// What stands for a vantage that is not known.
        static let noVantage = "no vantage"
    }

    /// What to tell of the whole: a target that was not begun leaves it undecided.
    var conclusion: Reconciliation.Conclusion {
        notBegun.isEmpty
            ? Reconciliation.conclusion(of: parts.map(\.reconciliation), failing: rule)
            : .undecided
    }

    /// What it comes to, as the beginning of a sentence.
    var headline: String {
        let failed = parts.flatMap { part in part.reconciliation.findings.filter(rule.fails) }
        let endpoints = failed.endpointCount
        let many: String =
            endpoints > 0
            ? endpoints == 1 ? "1 endpoint" : "\(endpoints.grouped) endpoints"
            : failed.count == 1 ? "1 finding" : "\(failed.count.grouped) findings"
        let isOne = endpoints == 1 || endpoints == 0 && failed.count == 1
        let against = rule == .policy ? "against what was declared" : "not as was asked"
        return switch conclusion {
        case .conforms: rule == .policy ? "as declared" : "as was asked"
        case .violates: "\(many) \(isOne ? "is" : "are") \(against)"
        case .undecided where !failed.isEmpty: "not finished, \(many) \(against)"
        case .undecided: "not decided"
        }
    }

    /// How many endpoints have `result`.
    func endpointCount(_ result: FindingResult) -> UInt128 {
        parts.reduce(0) { $0.addingCapped($1.reconciliation.endpointCount(result)) }
    }
}

extension Reconciliation.Conclusion {
    /// The word for it in files.
    var word: String {
        switch self {
        case .conforms: "conforms"
        case .violates: "violates"
        case .undecided: "undecided"
        }
    }
}
