/// The stable code of a finding; `docs/findings.md` explains each.
public enum FindingCode: String, Hashable, Sendable, CaseIterable, Comparable {
    case c1 = "C1"
    case c2 = "C2"
    case c3 = "C3"
    case c4 = "C4"
    case c5 = "C5"
    case e1 = "E1"
    case e2 = "E2"
    case e3 = "E3"
    case e6 = "E6"
    case a1 = "A1"
    case a2 = "A2"
    case a3 = "A3"
    case a4 = "A4"
    case a5 = "A5"
    case a8 = "A8"
    case h1 = "H1"
    case h2 = "H2"
    case u1 = "U1"
    case u2 = "U2"
    case u3 = "U3"
    case u4 = "U4"
    case u5 = "U5"
    case u7 = "U7"
    case u8 = "U8"
    case u9 = "U9"

    /// The name that goes with the code, as stable as the code.
    public var name: String {
        switch self {
        case .c1: "exposed-as-modelled"
        case .c2: "closed-no-service"
        case .c3: "filtered-as-modelled"
        case .c4: "loopback-contained"
        case .c5: "forwarded-as-modelled"
        case .e1: "unexpected-exposure"
        case .e2: "firewall-bypassed"
        case .e3: "phantom-open"
        case .e6: "loopback-leak"
        case .a1: "blocked-by-own-firewall"
        case .a2: "blocked-elsewhere"
        case .a3: "service-down"
        case .a4: "wrong-bind"
        case .a5: "refused-but-listening"
        case .a8: "dnat-dangling"
        case .h1: "stale-allow"
        case .h2: "no-filter"
        case .u1: "firewall-undetermined"
        case .u2: "udp-ambiguous"
        case .u3: "host-unreachable"
        case .u4: "unstable"
        case .u5: "inventory-incomplete"
        case .u7: "model-contradicted"
        case .u8: "not-tested"
        case .u9: "vantage-unknown"
        }
    }

    /// By code.
    public static func < (left: FindingCode, right: FindingCode) -> Bool {
        left.rawValue < right.rawValue
    }
}
