/// How a finding counts.
public enum FindingResult: String, Hashable, Sendable, CaseIterable, Comparable {
    /// Against what was declared.
    case fail
    /// As declared, but not as the host explains it.
    case warn
    /// Not tested, or not decided; never counted as a pass.
    case inconclusive
    /// Worth knowing, and no matter of policy.
    case info
    /// As declared.
    case pass

    /// What needs attention first comes first.
    public static func < (left: FindingResult, right: FindingResult) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int {
        switch self {
        case .fail: 0
        case .warn: 1
        case .inconclusive: 2
        case .info: 3
        case .pass: 4
        }
    }
}
