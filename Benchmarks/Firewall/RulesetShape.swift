import Prober
import Reconcile

/// A large ruleset of some shape.
enum RulesetShape: String, CaseIterable {
    /// Ports in one chain, half of them for one network.
    case ports
    /// The same as nftables lists it.
    case listing
    /// A hundred chains, one after the other.
    case chains
    /// Each for another source, none of them ours.
    case sources
    /// Sets of a hundred addresses and a hundred ports.
    case sets
    /// One map from ports to a hundred chains.
    case map

    /// Which program would have listed it.
    var kind: RulesetText.Kind {
        switch self {
        case .ports, .chains, .sources: .iptables
        case .listing, .sets, .map: .nftJSON
        }
    }

    /// A listing with `count` rules or elements.
    func text(_ count: Int) -> String {
        var random = SplitMix64(state: 7)
        func port() -> UInt16 { UInt16.random(in: 1...UInt16.max, using: &random) }
        func chance() -> Bool { Bool.random(using: &random) }
        switch self {
        case .ports:
            return Self.iptables(
                (0..<count).map { _ in
                    let source = chance() ? "-s 198.51.100.0/24 " : ""
                    return "-A INPUT \(source)-p tcp -m tcp --dport \(port())"
                        + " -j \(chance() ? "ACCEPT" : "REJECT")"
                })
        case .chains:
            let names = (0..<100).map { "C\($0)" }
            return Self.iptables(
                names.map { "-A INPUT -p tcp -j \($0)" }
                    + names.flatMap { name in
                        (0..<count / 100).map { _ in
                            "-A \(name) -p tcp -m tcp --dport \(port())"
                                + " -j \(chance() ? "ACCEPT" : "RETURN")"
                        }
                    }, chains: names)
        case .sources:
            return Self.iptables(
                (0..<count).map { _ in
                    "-A INPUT -s 198.18.\(port() % 256).\(port() % 256)/32 -p tcp -m tcp"
                        + " --dport \(port()) -j ACCEPT"
                })
        case .listing:
            return Self.nft(
                (0..<count).map { _ in
                    Self.match("tcp", "dport", "\(port())") + ","
                        + (chance() ? "{\"accept\":null}" : "{\"reject\":null}")
                })
        case .sets:
            let sources = (2..<102).map { "\"198.51.100.\($0)\"" }.joined(separator: ",")
            return Self.nft(
                (0..<count / 100).map { _ in
                    let ports = (0..<100).map { _ in "\(port())" }.joined(separator: ",")
                    return Self.match("ip", "saddr", "{\"set\":[\(sources)]}") + ","
                        + Self.match("tcp", "dport", "{\"set\":[\(ports)]}")
                        + ",{\"accept\":null}"
                })
        case .map:
            let elements = (1...count).map { number in
                "[\(number * 6), {\"jump\":{\"target\":\"c\(port() % 100)\"}}]"
            }
            return Self.nft(
                [
                    "{\"vmap\":{\"key\":{\"payload\":{\"protocol\":\"tcp\",\"field\":\"dport\"}},"
                        + "\"data\":{\"set\":[\(elements.joined(separator: ","))]}}}"
                ], chains: (0..<100).map { "c\($0)" })
        }
    }

    private static func iptables(_ rules: [String], chains: [String] = []) -> String {
        (["*filter", ":INPUT DROP [0:0]"] + chains.map { ":\($0) - [0:0]" } + rules
            + ["COMMIT", ""]).joined(separator: "\n")
    }

    private static func match(_ name: String, _ field: String, _ right: String) -> String {
        "{\"match\":{\"op\":\"==\",\"left\":{\"payload\":{\"protocol\":\"\(name)\","
            + "\"field\":\"\(field)\"}},\"right\":\(right)}}"
    }

    private static func nft(_ rules: [String], chains: [String] = []) -> String {
        let place = "\"family\":\"inet\",\"table\":\"t\""
        var objects = ["{\"table\":{\"family\":\"inet\",\"name\":\"t\",\"handle\":1}}"]
        objects += chains.flatMap { name in
            [
                "{\"chain\":{\(place),\"name\":\"\(name)\",\"handle\":2}}",
                "{\"rule\":{\(place),\"chain\":\"\(name)\",\"handle\":3,"
                    + "\"expr\":[{\"accept\":null}]}}",
            ]
        }
        objects.append(
            "{\"chain\":{\(place),\"name\":\"i\",\"handle\":4,\"type\":\"filter\","
                + "\"hook\":\"input\",\"prio\":0,\"policy\":\"drop\"}}")
        objects += rules.enumerated().map { number, rule in
            "{\"rule\":{\(place),\"chain\":\"i\",\"handle\":\(number + 5),\"expr\":[\(rule)]}}"
        }
        return "{\"nftables\":[\(objects.joined(separator: ","))]}"
    }
}
