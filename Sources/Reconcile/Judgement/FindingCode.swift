/// The stable code of a finding; `docs/findings.md` explains each.
public enum FindingCode: String, Hashable, Sendable, CaseIterable, Comparable {
    case c1 = "C1"
    case c1s = "C1s"
    case c2 = "C2"
    case c3 = "C3"
    case c4 = "C4"
    case c5 = "C5"
    case e1 = "E1"
    case e2 = "E2"
    case e3 = "E3"
    case e4 = "E4"
    case e5 = "E5"
    case e6 = "E6"
    case e7 = "E7"
    case e8 = "E8"
    case e9 = "E9"
    case e10 = "E10"
    case e11 = "E11"
    case a1 = "A1"
    case a2 = "A2"
    case a3 = "A3"
    case a4 = "A4"
    case a5 = "A5"
    case a6 = "A6"
    case a7 = "A7"
    case a8 = "A8"
    case h1 = "H1"
    case h2 = "H2"
    case h3 = "H3"
    case h4 = "H4"
    case h5 = "H5"
    case h6 = "H6"
    case h7 = "H7"
    case u1 = "U1"
    case u2 = "U2"
    case u3 = "U3"
    case u4 = "U4"
    case u5 = "U5"
    case u6 = "U6"
    case u7 = "U7"
    case u8 = "U8"
    case u9 = "U9"

    /// The name that goes with the code, as stable as the code.
    public var name: String {
        switch self {
        case .c1: "exposed-as-modelled"
        case .c1s: "delivered-but-silent"
        case .c2: "closed-no-service"
        case .c3: "filtered-as-modelled"
        case .c4: "loopback-contained"
        case .c5: "forwarded-as-modelled"
        case .e1: "unexpected-exposure"
        case .e2: "firewall-bypassed"
        case .e3: "phantom-open"
        case .e4: "all-ports-open"
        case .e5: "hidden-listener"
        case .e6: "loopback-leak"
        case .e7: "ipv6-gap"
        case .e8: "source-scoped"
        case .e9: "namespace-exposed"
        case .e10: "proxy-shadow"
        case .e11: "latent-exposure"
        case .a1: "blocked-by-own-firewall"
        case .a2: "blocked-elsewhere"
        case .a3: "service-down"
        case .a4: "wrong-bind"
        case .a5: "refused-but-listening"
        case .a6: "stalled-listener"
        case .a7: "open-but-dead"
        case .a8: "dnat-dangling"
        case .h1: "stale-allow"
        case .h2: "no-filter"
        case .h3: "rejects-look-closed"
        case .h4: "client-udp"
        case .h5: "kernel-held"
        case .h6: "reserved-port"
        case .h7: "placeholder"
        case .u1: "firewall-undetermined"
        case .u2: "udp-ambiguous"
        case .u3: "host-unreachable"
        case .u4: "unstable"
        case .u5: "inventory-incomplete"
        case .u6: "probe-interfered"
        case .u7: "model-contradicted"
        case .u8: "not-tested"
        case .u9: "vantage-unknown"
        }
    }

    /// By letter, then by number, then by what follows it.
    public static func < (left: FindingCode, right: FindingCode) -> Bool {
        left.order < right.order
    }

    private var order: (Substring, Int, Substring) {
        let number = rawValue.dropFirst().prefix { $0.isNumber }
        return (
            rawValue.prefix(1), Int(number) ?? 0, rawValue.dropFirst(1 + number.count)
        )
    }
}
