import Prober

/// How bad a finding is, worst first.
public enum Severity: String, Hashable, Sendable, CaseIterable, Comparable {
    case critical, high, medium, low, info

    /// The worse one comes first.
    public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .critical: 0
        case .high: 1
        case .medium: 2
        case .low: 3
        case .info: 4
        }
    }

    /// The severity of a ruling; `isSensitive` says that the ports are among ``sensitivePorts``.
    init(of ruling: Ruling, under stance: Policy.Stance, isSensitive: Bool) {
        self =
            switch ruling.result {
            case .pass, .info: .info
            case .inconclusive: .medium
            // These only explain another finding.
            case .warn: ruling.code == .e8 || ruling.code == .e10 ? .low : .medium
            case .fail:
                switch ruling.code {
                case .e1, .e9: isSensitive ? .critical : .high
                case .e2, .e5: .critical
                case .e3, .e6:
                    switch stance.meaning {
                    case .closed: .critical
                    case .open, .undeclared, .undecided: .high
                    }
                case .a5, .a7, .a8: .medium
                case .c1, .c1s, .c2, .c3, .c4, .c5, .e4, .e7, .e8, .e10, .e11, .a1, .a2, .a3, .a4,
                    .a6,
                    .h1, .h2, .h3, .h4, .h5, .h6, .h7, .u1, .u2, .u3, .u4, .u5, .u6, .u7, .u8, .u9:
                    .high
                }
            }
    }

    /// Whether the severity of findings with `code` depends on ``sensitivePorts``.
    static func dependsOnPort(_ code: FindingCode) -> Bool { code == .e1 || code == .e9 }

    /// Ports where databases and remote administration listen by custom: to reach one of them is
    /// often to own the host or its data.
    static let sensitivePorts = PortSpec(
        tcp: PortSet([
            23...23, 111...111, 135...135, 139...139, 445...445, 512...514, 623...623, 873...873,
            1433...1434, 1521...1521, 2049...2049, 2375...2377, 2379...2380, 3306...3306,
            3389...3389, 5432...5432, 5900...5903, 5984...5986, 6000...6003, 6379...6379,
            6443...6443, 8500...8500, 9042...9042, 9200...9200, 9300...9300, 10250...10250,
            11211...11211, 27017...27019,
        ]),
        udp: PortSet([69...69, 111...111, 161...161, 623...623, 2049...2049, 11211...11211]))
}
