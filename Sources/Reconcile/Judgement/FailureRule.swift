/// What of a reconciliation makes a run fail.
public enum FailureRule: Hashable, Sendable {
    /// What the policy calls a failure.
    case policy
    /// What is at least as bad as `severity`, and whatever has one of `codes`.
    case any(severity: Severity?, codes: Set<FindingCode>)

    /// Whether `finding` makes the run fail.
    ///
    /// A severity asks only what is not as declared or worth knowing; a code asks everything, also
    /// what was not decided.
    public func fails(_ finding: Finding) -> Bool {
        switch self {
        case .policy: return finding.result == .fail
        case .any(let severity, let codes):
            if codes.contains(finding.code) { return true }
            guard let severity else { return false }
            return switch finding.result {
            case .fail, .warn, .info: finding.severity <= severity
            case .inconclusive, .pass: false
            }
        }
    }

    /// Whether `note` makes the run fail.
    public func fails(_ note: Reconciliation.HostNote) -> Bool {
        switch self {
        case .policy: false
        case .any(_, let codes): note.code.map(codes.contains) ?? false
        }
    }

    /// The rule in `words`, each a severity or a code; nil with the word that is neither.
    ///
    /// Of several severities the least bad one counts. No word leaves it to the policy.
    public static func parsing(_ words: [String]) -> Result<FailureRule, UnknownWord> {
        guard !words.isEmpty else { return .success(.policy) }
        var severity: Severity?
        var codes: Set<FindingCode> = []
        for word in words {
            let capital = word.uppercased()
            if let code = FindingCode.allCases.first(where: { $0.rawValue.uppercased() == capital })
            {
                codes.insert(code)
            } else if let named = Severity(rawValue: word.lowercased()) {
                severity = severity.map { max($0, named) } ?? named
            } else {
                return .failure(UnknownWord(word: word))
            }
        }
        return .success(.any(severity: severity, codes: codes))
    }

    /// A word that is neither a severity nor a code.
    public struct UnknownWord: Error, Hashable, Sendable {
        /// The word.
        public let word: String
    }
}
