/// The stable code of a finding; `docs/findings.md` explains each.
public enum FindingCode: String, Hashable, Sendable, CaseIterable, Comparable {
    case c1 = "C1"
    case c2 = "C2"
    case c4 = "C4"
    case e1 = "E1"
    case e3 = "E3"
    case e6 = "E6"
    case a2 = "A2"
    case a3 = "A3"
    case a4 = "A4"
    case a5 = "A5"
    case u1 = "U1"
    case u2 = "U2"
    case u3 = "U3"
    case u4 = "U4"
    case u5 = "U5"
    case u8 = "U8"
    case u9 = "U9"

    /// The name that goes with the code, as stable as the code.
    public var name: String {
        switch self {
        case .c1: "exposed-as-modelled"
        case .c2: "closed-no-service"
        case .c4: "loopback-contained"
        case .e1: "unexpected-exposure"
        case .e3: "phantom-open"
        case .e6: "loopback-leak"
        case .a2: "blocked-elsewhere"
        case .a3: "service-down"
        case .a4: "wrong-bind"
        case .a5: "refused-but-listening"
        case .u1: "firewall-undetermined"
        case .u2: "udp-ambiguous"
        case .u3: "host-unreachable"
        case .u4: "unstable"
        case .u5: "inventory-incomplete"
        case .u8: "not-tested"
        case .u9: "vantage-unknown"
        }
    }

    /// By code.
    public static func < (left: FindingCode, right: FindingCode) -> Bool {
        left.rawValue < right.rawValue
    }
}
