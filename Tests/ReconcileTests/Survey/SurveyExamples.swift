public import Prober
import SystemPackage

@testable import Reconcile

extension Survey {
    /// A complete survey of `groups`, whose plan asks for exactly them.
    static func of(
        _ groups: [ObservationGroup], from sources: [IPAddress] = ["198.51.100.2"],
        ending: Ending = .complete
    ) -> Survey {
        var ports = PortSpec()
        for group in groups {
            ports[group.transport] = ports[group.transport].union(group.ports)
        }
        let plan = SurveyPlan(
            targets: Set(groups.map(\.address)).sorted().map { AddressRange($0) }, ports: ports,
            requested: groups.reduce(0) { $0 + UInt128($1.ports.count) })
        return Survey(
            id: "test", started: "2026-01-02T03:04:05Z",
            vantage: Vantage(name: "outside", addresses: sources), seed: 1, plan: plan,
            groups: groups, ending: ending)
    }

    /// The records of the scan file that holds this survey.
    ///
    /// Open endpoints have a row each; a survey of a cut file gets no end record.
    func records(probeCount: UInt64 = 0, elapsed: Duration = .zero) -> [ScanRecord] {
        var records: [ScanRecord] = [
            .scan(
                ScanRecord.Header(
                    id: id, started: started, vantage: vantage, seed: seed, plan: plan))
        ]
        var notTested: [LocalFailureReason: UInt128] = [:]
        for group in groups {
            if case .localFailure(let failure) = group.evidence {
                notTested[LocalFailureReason(failure), default: 0] += UInt128(group.ports.count)
            }
            guard group.state == .open else {
                records.append(.group(group))
                continue
            }
            for port in group.ports {
                records.append(
                    .result(
                        Endpoint(group.address, group.transport, port), group.evidence,
                        attempts: group.attempts, roundTrip: group.roundTrip, time: nil))
            }
        }
        if case .cut = ending { return records }
        let named = notTested.values.reduce(0, +)
        if totals[.notTested] > named {
            notTested[.interrupted, default: 0] += totals[.notTested] - named
        }
        records.append(
            .end(
                ScanRecord.Ending(
                    isComplete: isComplete, totals: totals, notTested: notTested,
                    probeCount: probeCount, elapsed: elapsed)))
        return records
    }

    /// The same with endpoints that were seen alike in one group, as a reader gathers them.
    var gathered: Survey {
        var survey = self
        survey.groups = []
        for group in groups {
            let alike = survey.groups.firstIndex { other in
                other.address == group.address && other.transport == group.transport
                    && other.evidence == group.evidence && other.attempts == group.attempts
            }
            guard let alike else {
                survey.groups.append(group)
                continue
            }
            survey.groups[alike].ports = survey.groups[alike].ports.union(group.ports)
            survey.groups[alike].roundTrip = nil
        }
        return survey
    }

    /// The bytes of the scan file that holds the survey.
    var fileBytes: [UInt8] {
        var bytes: [UInt8] = []
        for record in records(probeCount: 7, elapsed: .milliseconds(12)) {
            record.write(to: &bytes)
        }
        return bytes
    }

    /// A survey made of random but possible parts.
    static func random(using generator: inout SplitMix64) -> Survey {
        let addresses: [IPAddress] = ["203.0.113.10", "203.0.113.11", "2001:db8::10"]
        var groups: [ObservationGroup] = []
        var ports = PortSpec()
        for address in addresses {
            for transport in Transport.allCases {
                let more = Self.randomGroups(address, transport, using: &generator)
                ports[transport] = ports[transport].union(PortSet(more.flatMap(\.ports.ranges)))
                groups += more
            }
        }
        let isComplete = Bool.random(using: &generator)
        let isShard = isComplete && Bool.random(using: &generator)
        if isComplete {
            for address in addresses {
                for transport in Transport.allCases {
                    let seen = groups.filter { $0.address == address && $0.transport == transport }
                    let rest = ports[transport].subtracting(
                        PortSet(seen.flatMap(\.ports.ranges)))
                    guard !rest.isEmpty else { continue }
                    groups.append(ObservationGroup(address, transport, rest, .silence, attempts: 1))
                }
            }
        }
        var plan = SurveyPlan(targets: addresses.map { AddressRange($0) }, ports: ports)
        if isShard {
            plan.shard = "1/2"
            plan.requested = 0
            let all = groups
            groups = []
            for transport in Transport.allCases {
                let count = (3 * UInt128(ports[transport].count) + 1) / 2
                plan.requested += count
                groups += Self.first(Int(count), of: all.filter { $0.transport == transport })
            }
        }
        let names = ["outside", "a \"quoted\" name\n", "\u{1b}[31m\u{202e}red", "größe", ""]
        return Survey(
            id: "id-\(UInt64.random(in: 0...UInt64.max, using: &generator))",
            started: "2026-01-02T03:04:05Z",
            vantage: Vantage(
                name: names[Int.random(in: 0..<names.count, using: &generator)],
                addresses: Bool.random(using: &generator) ? ["198.51.100.2"] : []),
            seed: UInt64.random(in: 0...UInt64.max, using: &generator), plan: plan, groups: groups,
            ending: isComplete ? .complete : .interrupted)
    }

    /// Groups that a scan of some ports of `address` may have seen.
    private static func randomGroups(
        _ address: IPAddress, _ transport: Transport, using generator: inout SplitMix64
    ) -> [ObservationGroup] {
        var next: UInt16 = 1
        return (0..<Int.random(in: 1...3, using: &generator)).map { _ in
            let evidence = Evidence.random(over: transport, at: address, using: &generator)
            let state = PortState(explaining: evidence, over: transport, at: address)
            let width = state == .open ? 0 : UInt16.random(in: 0...30, using: &generator)
            let range = PortSet([next...(next + width)])
            next += width + UInt16.random(in: 1...3, using: &generator)
            let answers = state == .open || state == .closed
            return ObservationGroup(
                address, transport, range, evidence,
                attempts: UInt16.random(in: 1...9, using: &generator),
                roundTrip: answers && width == 0
                    ? .microseconds(Int64.random(in: 1...90_000, using: &generator)) : nil)
        }
    }

    /// As many endpoints of `groups` as `count` says.
    private static func first(_ count: Int, of groups: [ObservationGroup]) -> [ObservationGroup] {
        var left = count
        return groups.compactMap { group in
            guard left > 0 else { return nil }
            var group = group
            group.ports = PortSet(ports: group.ports.prefix(left))
            left -= group.ports.count
            return group
        }
    }
}

extension IPAddress: ExpressibleByStringLiteral {
    /// An address literal, for tests only.
    public init(stringLiteral text: String) {
        guard let address = IPAddress(text) else { preconditionFailure("no address: \(text)") }
        self = address
    }
}

extension Evidence {
    /// Evidence that a probe of `address` over `transport` may bring.
    static func random(
        over transport: Transport, at address: IPAddress, using generator: inout SplitMix64
    ) -> Evidence {
        let error = ICMPError(
            address.family, type: address.family == .ipv4 ? 3 : 1,
            code: UInt8.random(in: 0...13, using: &generator))
        let silence = Silence(
            isExpected: Bool.random(using: &generator),
            controls: Silence.Controls.allCases.randomElement(using: &generator) ?? .notAsked)
        let reply = Bool.random(using: &generator)
        let own: [Evidence] =
            switch transport {
            case .tcp: [.handshake, .reset]
            case .udp:
                [
                    .reply(reply ? DatagramService.allCases.randomElement(using: &generator) : nil),
                    .unanswered(silence),
                ]
            }
        let all: [Evidence] =
            own + [
                .silence, .icmp(error, reporter: address),
                .icmp(error, reporter: "198.51.100.1"),
                .localFailure(.system(.connect, .networkUnreachable)),
                .localFailure(.system(.socket, Errno(rawValue: 4242))),
                .localFailure(.system(.send, .connectionRefused)),
                .localFailure(.rejectedHere(error)), .localFailure(.selfConnect),
                .localFailure(.interrupted),
            ]
        return all[Int.random(in: 0..<all.count, using: &generator)]
    }
}
