import Prober
import Reconcile
import Testing

/// The scan file that a run of `prober scan` wrote, and how the run ended.
struct ScanOutcome {
    let status: Int32
    let survey: Survey
    let errors: String
    /// The last line of the file.
    let end: String
    /// What was seen of each endpoint.
    let groups: [Endpoint: ObservationGroup]

    /// Reads the file, and makes sure that its totals are those of its records.
    init(_ outcome: Command.Outcome, sourceLocation: SourceLocation = #_sourceLocation) throws {
        status = outcome.status
        errors = outcome.errors
        end = outcome.output.split(separator: "\n").last.map(String.init) ?? ""
        survey = try Survey(parsing: Array(outcome.output.utf8), source: "\(outcome.errors)")
        var groups: [Endpoint: ObservationGroup] = [:]
        var counts: [PortState: UInt128] = [:]
        for group in survey.groups {
            for port in group.ports {
                let previous = groups.updateValue(
                    group, forKey: Endpoint(group.address, group.transport, port))
                #expect(previous == nil, "an endpoint stands twice", sourceLocation: sourceLocation)
            }
            counts[group.state, default: 0] += UInt128(group.ports.count)
        }
        let unprobed = survey.totals.requested - UInt128(groups.count)
        counts[.notTested, default: 0] += unprobed
        for state in PortState.allCases {
            #expect(
                survey.totals[state] == counts[state] ?? 0, "\(state)",
                sourceLocation: sourceLocation)
        }
        #expect(survey.totals.sum == survey.totals.requested, sourceLocation: sourceLocation)
        self.groups = groups
    }

    /// The evidence about a port; nil when the file has none.
    func evidence(
        _ address: String, _ port: UInt16, _ transport: Transport = .tcp
    ) -> Evidence? {
        group(address, port, transport)?.evidence
    }

    /// The record that holds a port.
    func group(
        _ address: String, _ port: UInt16, _ transport: Transport = .tcp
    ) -> ObservationGroup? {
        IPAddress(address).flatMap { groups[Endpoint($0, transport, port)] }
    }

    /// The ports seen open at `address`.
    func openPorts(_ address: String) -> [UInt16] {
        groups.filter { $0.key.address == IPAddress(address) && $0.value.state == .open }
            .map(\.key.port).sorted()
    }
}
