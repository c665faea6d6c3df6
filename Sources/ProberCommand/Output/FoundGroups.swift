import Prober

/// What a scan found, gathered in memory: open endpoints one by one, the rest in groups.
struct FoundGroups {
    private var open: [ObservationGroup] = []
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

    /// Takes everything, open endpoints first.
    mutating func takeGroups() -> [ObservationGroup] {
        defer { open = [] }
        return open + grouper.takeGroups()
    }
}
