import Prober

/// What a scan found, gathered in memory: open endpoints one by one, the rest in groups.
struct FoundGroups {
    private var open: [ObservationGroup] = []
    private var known: [ObservationGroup] = []
    private var grouper = ObservationGrouper()

    /// Adds what was observed.
    mutating func add(_ batch: [Observation]) {
        for observation in batch {
            guard observation.state == .open else {
                grouper.add(observation)
                continue
            }
            let endpoint = observation.endpoint
            open.append(
                ObservationGroup(
                    endpoint.address, endpoint.transport, PortSet(ports: [endpoint.port]),
                    observation.evidence, attempts: observation.attempts,
                    roundTrip: observation.roundTrip))
        }
    }

    /// Adds what was known before.
    mutating func add(known group: ObservationGroup) {
        if group.state == .open { open.append(group) } else { known.append(group) }
    }

    /// Takes everything, open endpoints first.
    mutating func takeGroups() -> [ObservationGroup] {
        defer { (open, known) = ([], []) }
        return open + known + grouper.takeGroups()
    }
}
