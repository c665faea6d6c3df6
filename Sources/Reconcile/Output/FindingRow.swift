package import Prober

/// Findings that read alike, shown as one.
package struct FindingRow {
    /// The first of them, with the ports of all that have its address.
    package private(set) var finding: Finding
    /// Every address that has such a finding with these ports.
    package private(set) var addresses: [AddressRange]
    /// How many more findings of the address, with listeners of their own, are in here.
    package private(set) var others = 0

    /// The row of one finding.
    init(_ finding: Finding) {
        self.finding = finding
        addresses = [finding.addresses]
        ranges = finding.ports.ranges
    }

    /// `findings` in rows, in the same order.
    package static func rows(of findings: [Finding]) -> [FindingRow] {
        let perAddress = merged(
            findings.map { FindingRow($0) }, by: { Alike($0.finding, .ports) }
        ) { row, other in
            row.ranges += other.ranges
            row.others += 1
        }
        let whole = perAddress.map { row in
            var row = row
            if row.others > 0 { row.finding.ports = PortSet(row.ranges) }
            return row
        }
        return merged(whole, by: { Alike($0.finding, .addresses) }) { row, other in
            row.addresses += other.addresses
        }
    }

    /// The address and ports, as `203.0.113.10:22/tcp` or `203.0.113.10 tcp 1-21,23 (22 ports)`.
    package var place: String {
        if addresses.count == 1, let endpoint = finding.endpoint { return endpoint.description }
        return "\(addressText) \(finding.transport.rawValue) \(Self.text(of: finding.ports))"
    }

    /// Whether what the host says belongs to the finding.
    private var hasView: Bool {
        switch finding.inside {
        case .none: finding.sighting != nil && finding.result != .inconclusive
        case .listening, .loopbackOnly, .inNamespace, .elsewhere, .changed: true
        case .unknown: finding.result != .inconclusive
        }
    }

    /// What is known of the finding, each fact with its name, in the order in which to read it.
    package var fields: [Field] {
        var fields = [Field("seen", finding.sightingExplanation)]
        if hasView {
            let alike = others == 0 ? "" : " (and \(others) more alike)"
            fields.append(Field("listener", finding.inside.explanation + alike))
        }
        if let firewall = finding.firewall.explanation {
            fields.append(Field("rules", firewall))
        }
        if !finding.receipts.isEmpty {
            let accounts = finding.receipts.map(\.explanation).joined(separator: "; and ")
            let doubt = finding.receipt == .disputed ? "cannot all be true: " : ""
            fields.append(Field("receipt", doubt + accounts))
        }
        if let target = finding.target {
            fields.append(Field("sent to", target.explanation))
        }
        if let counterpart = finding.counterpart {
            fields.append(Field("against", counterpart.explanation))
        }
        if finding.stance != .undeclared {
            fields.append(Field("policy", finding.stance.explanation))
        }
        return fields + finding.causes.map { Field("likely", $0.explanation) }
    }

    /// What to do, in the words of `host`.
    func remedies(on host: RemedyHost) -> [Remedy] { finding.remedies(on: host, at: addresses) }

    /// What to do as lines of text, the steps of each below it.
    func remedyLines(on host: RemedyHost) -> [String] {
        remedies(on: host).enumerated().flatMap { index, remedy in
            ["\(index + 1). \(remedy.explanation)"]
                + remedy.steps.map { step in
                    "   \(step.text)" + (step.note.map { "  (\($0))" } ?? "")
                }
        }
    }

    /// A fact and what it is.
    package struct Field: Hashable, Sendable {
        /// What it is, in one word.
        package let name: String
        /// The fact, as a phrase or a sentence.
        package let value: String

        init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Ports for people: the first few ranges, and how many there are.
    package static func text(of ports: PortSet) -> String {
        let shown = ports.ranges.prefix(5)
        let list = PortSet(shown).description + (ports.ranges.count > shown.count ? ",…" : "")
        return ports.count == 1 ? list : "\(list) (\(ports.count) ports)"
    }

    private var addressText: String {
        let first = addresses.first?.description ?? ""
        return addresses.count == 1 ? first : "\(first) and \(addresses.count - 1) more"
    }

    /// The ports of every finding in the row, before they are joined.
    private var ranges: [ClosedRange<UInt16>] = []

    private static func merged(
        _ rows: [FindingRow], by key: (FindingRow) -> Alike,
        _ merge: (inout FindingRow, FindingRow) -> Void
    ) -> [FindingRow] {
        var places: [Alike: Int] = [:]
        var result: [FindingRow] = []
        for row in rows {
            if let place = places[key(row)] {
                merge(&result[place], row)
            } else {
                places[key(row)] = result.count
                result.append(row)
            }
        }
        return result
    }

    /// What findings must share to be shown as one.
    private struct Alike: Hashable {
        /// What they may differ in.
        enum Difference: Hashable { case ports, addresses }

        let finding: Finding
        let sighting: String

        init(_ finding: Finding, _ difference: Difference) {
            var neutral = finding
            neutral.inside = finding.inside.withoutPorts
            switch difference {
            case .ports: neutral.ports = PortSet()
            case .addresses: neutral.addresses = AddressRange(.v4(0))
            }
            // The reporter may be the address itself, which differs where nothing else does.
            sighting = finding.sightingExplanation
            neutral.sighting?.evidence = []
            self.finding = neutral
        }
    }
}

extension ListenerView {
    /// The view with the port of every listener, and what differs with it, left out.
    fileprivate var withoutPorts: ListenerView {
        func neutral(_ listeners: [Listener]) -> [Listener] {
            listeners.map { listener in
                var listener = listener
                listener.port = 0
                listener.inode = nil
                listener.queue = nil
                listener.buffer = nil
                listener.dropCount = nil
                return listener
            }
        }
        return switch self {
        case .listening(let listeners, let reach): .listening(neutral(listeners), reach)
        case .loopbackOnly(let listeners): .loopbackOnly(neutral(listeners))
        case .inNamespace(let listeners): .inNamespace(neutral(listeners))
        case .elsewhere(let listeners): .elsewhere(neutral(listeners))
        case .none: .none
        case .unknown(let doubts, let listeners): .unknown(doubts, neutral(listeners))
        case .changed(let before, let after):
            .changed(before: neutral(before), after: neutral(after))
        }
    }
}
