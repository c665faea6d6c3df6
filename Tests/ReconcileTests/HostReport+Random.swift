import Prober

@testable import Reconcile

extension HostReport {
    /// A report in which every fact is there or not, and every text is hostile.
    static func random(_ generator: inout SplitMix64) -> HostReport {
        HostReport(
            hostname: .random(&generator), collected: .random(&generator),
            sources: .random(&generator) {
                Source(
                    kind: .random(&$0), origin: .random(&$0), rows: .random(&$0, Source.Rows.random)
                )
            },
            coverage: .random(&generator) {
                CoverageGap(
                    CoverageGap.Subject.allCases.randomElement(using: &$0) ?? .owners,
                    reason: .random(&$0),
                    transport: .random(&$0) {
                        Transport.allCases.randomElement(using: &$0) ?? .tcp
                    },
                    family: .random(&$0) {
                        IPAddress.Family.allCases.randomElement(using: &$0) ?? .ipv4
                    })
            },
            addresses: .random(&generator) {
                let address = IPAddress.random(&$0)
                return HostAddress(
                    address,
                    prefixLength: .random(in: 0...address.family.bitCount, using: &$0),
                    interface: .random(&$0))
            },
            listeners: .random(&generator, Listener.random),
            sysctls: Dictionary(
                uniqueKeysWithValues: Sysctl.allCases.filter { _ in
                    Bool.random(using: &generator)
                }.map { ($0, .random(&generator)) }),
            partialListeners: .random(&generator, PartialListener.random),
            contradictions: .random(&generator) {
                Contradiction(
                    Contradiction.Subject.allCases.randomElement(using: &$0) ?? .owners,
                    Endpoint(.random(&$0), .tcp, .random(in: 0...(.max), using: &$0)),
                    claims: .random(&$0) { .init(source: .random(&$0), text: .random(&$0)) })
            },
            rulesets: .random(&generator) {
                RulesetText(
                    RulesetText.Kind.allCases.randomElement(using: &$0) ?? .nftJSON,
                    origin: .random(&$0), text: Array(String.random(&$0).utf8))
            },
            namespaces: .random(&generator) {
                HostNamespace(
                    .random(&$0), inode: .random(in: 0...(.max), using: &$0),
                    container: .random(&$0, String.random),
                    addresses: .random(&$0) {
                        HostAddress(.random(&$0), prefixLength: 7, interface: .random(&$0))
                    },
                    links: .random(&$0) {
                        HostNamespace.Link(
                            interface: .random(&$0), kind: .random(&$0), peer: .random(&$0),
                            bridge: .random(&$0, String.random))
                    })
            },
            verification: .random(&generator, PortVerification.random),
            system: HostSystem.allCases.randomElement(using: &generator),
            counters: .random(&generator) {
                KernelCounters(
                    namespace: .random(&$0, String.random),
                    [.udpNoPort: .random(in: 0...(.max), using: &$0)])
            })
    }
}

extension PortVerification {
    fileprivate static func random(_ generator: inout SplitMix64) -> Self {
        PortVerification(
            sweeps: .random(&generator) {
                Sweep(
                    .allCases.randomElement(using: &$0) ?? .tcp,
                    .allCases.randomElement(using: &$0) ?? .ipv4,
                    tested: PortSet([1024...65535]),
                    untested: Bool.random(using: &$0) ? PortSet([1...21, 23...1023]) : PortSet())
            },
            unlisted: .random(&generator) {
                UnlistedPort(
                    .allCases.randomElement(using: &$0) ?? .tcp,
                    .allCases.randomElement(using: &$0) ?? .ipv4,
                    .random(in: 0...(.max), using: &$0),
                    .allCases.randomElement(using: &$0) ?? .hidden,
                    lacks: Bool.random(using: &$0) ? [.proc] : UnlistedPort.List.allCases)
            })
    }
}

extension HostReport.Source.Rows {
    fileprivate static func random(_ generator: inout SplitMix64) -> Self {
        Self(
            firstLine: .random(in: 0...1000, using: &generator),
            count: .random(in: 0...1000, using: &generator),
            skipped: Dictionary(
                [SkippedRow].random(&generator) {
                    SkippedRow.allCases.randomElement(using: &$0) ?? .unbound
                }.map { ($0, 7) }
            ) { first, _ in first }, unread: .random(in: 0...9, using: &generator),
            firstUnread: .random(&generator, ReportedLine.random))
    }
}

extension ReportedLine {
    fileprivate static func random(_ generator: inout SplitMix64) -> Self {
        Self(
            source: .random(&generator), number: .random(in: 0...(.max), using: &generator),
            text: .random(&generator))
    }
}

extension PartialListener {
    fileprivate static func random(_ generator: inout SplitMix64) -> Self {
        let addresses: [Address] = [
            .whole(.random(&generator)), .wildcard, .cut(.random(&generator)),
            .name(.random(&generator)), .notShown,
        ]
        let ports: [Port] = [
            .number(.random(in: 0...(.max), using: &generator)),
            .name(.random(&generator), PortSet([2...3])), .cut("548", PortSet(ports: [548])),
            .name("unheard-of", PortSet()),
        ]
        var details = SocketDetails()
        details.zone = .random(&generator, String.random)
        details.program = .random(&generator, String.random)
        details.remarks = Bool.random(using: &generator) ? [.registered, .published] : []
        details.lines = .random(&generator, ReportedLine.random)
        return PartialListener(
            .random(&generator) { Transport.allCases.randomElement(using: &$0) ?? .tcp },
            .random(&generator) { Listener.Family.allCases.randomElement(using: &$0) ?? .dual },
            addresses.randomElement(using: &generator) ?? .wildcard,
            ports.randomElement(using: &generator) ?? .number(1), details: details)
    }
}

extension Listener {
    fileprivate static func random(_ generator: inout SplitMix64) -> Listener {
        let address = IPAddress.random(&generator)
        let families: [Family] =
            address.family == .ipv4 || address.mappedIPv4 != nil
            ? [.ipv4] : [.ipv6, .dual, .ipv6OrDual]
        return Listener(
            .allCases.randomElement(using: &generator) ?? .tcp,
            families.randomElement(using: &generator) ?? .ipv4, address,
            .random(in: 0...(.max), using: &generator),
            device: .random(&generator, String.random),
            owners: .random(&generator) {
                ProcessIdentity(
                    pid: .random(in: 0...(.max), using: &$0), name: .random(&$0),
                    user: .random(&$0, String.random), command: .random(&$0, String.random))
            },
            unit: .random(&generator, String.random),
            container: .random(&generator, String.random),
            namespace: .random(&generator, String.random),
            userID: .random(&generator) { .random(in: 0...(.max), using: &$0) },
            inode: .random(&generator) { .random(in: 0...(.max), using: &$0) },
            queue: .random(&generator) {
                AcceptQueue(
                    waiting: .random(in: 0...(.max), using: &$0),
                    limit: .random(in: 0...(.max), using: &$0))
            },
            buffer: .random(&generator) {
                ReceiveBuffer(
                    used: .random(in: 0...(.max), using: &$0),
                    limit: .random(&$0) { .random(in: 0...(.max), using: &$0) })
            }, dropCount: .random(&generator) { .random(in: 0...(.max), using: &$0) },
            zone: .random(&generator, String.random),
            program: .random(&generator, String.random),
            activation: .random(&generator) {
                Activation(
                    by: .allCases.randomElement(using: &$0) ?? .inetd,
                    unit: .random(&$0, String.random), service: .random(&$0))
            },
            kernelHolder: .random(&generator) {
                KernelHolder(
                    .allCases.randomElement(using: &$0) ?? .nfs,
                    interface: .random(&$0, String.random))
            },
            remarks: Bool.random(using: &generator) ? [.stateInferred] : [],
            lines: .random(&generator, ReportedLine.random))
    }
}

extension IPAddress {
    fileprivate static func random(_ generator: inout SplitMix64) -> IPAddress {
        switch Int.random(in: 0...3, using: &generator) {
        case 0: .v4(.random(in: 0...(.max), using: &generator))
        case 1:
            .v6(high: 0, low: 0xffff_0000_0000 | .random(in: 0...0xffff_ffff, using: &generator))
        case 2: .v6(high: 0, low: .random(in: 0...1, using: &generator))
        default:
            .v6(
                high: .random(in: 0...(.max), using: &generator),
                low: .random(in: 0...(.max), using: &generator))
        }
    }
}

extension String {
    fileprivate static func random(_ generator: inout SplitMix64) -> String {
        let pieces = [
            "a", "\"", "\\", "\n", "\u{0}", "\u{1b}", "é", "\u{202e}", "😀", "/", "\u{fffd}",
        ]
        return (0..<Int.random(in: 0...8, using: &generator))
            .map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
    }
}

extension Array {
    fileprivate static func random(
        _ generator: inout SplitMix64, _ element: (inout SplitMix64) -> Element
    ) -> [Element] {
        (0..<Int.random(in: 0...3, using: &generator)).map { _ in element(&generator) }
    }
}

extension Optional {
    fileprivate static func random(
        _ generator: inout SplitMix64, _ wrapped: (inout SplitMix64) -> Wrapped
    ) -> Wrapped? {
        Bool.random(using: &generator) ? wrapped(&generator) : nil
    }
}
