extension FindingResult {
    /// Whether somebody has to look at it.
    package var needsAttention: Bool {
        switch self {
        case .fail, .warn, .inconclusive: true
        case .info, .pass: false
        }
    }

    /// The word behind a number of endpoints.
    package var participle: String {
        switch self {
        case .fail: "failed"
        case .warn: "with a warning"
        case .inconclusive: "inconclusive"
        case .info: "noted"
        case .pass: "passed"
        }
    }
}

extension Finding {
    /// Whether somebody has to look at it.
    var needsAttention: Bool { result.needsAttention }
}
