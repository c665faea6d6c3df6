import BasicContainers

/// The UDP endpoints that are asked together, and what is known of them.
///
/// Owned by one worker thread.
struct DatagramWave: ~Copyable {
    /// Which endpoints these are.
    let layout: WaveLayout
    /// The endpoints by their number.
    var probes: RigidArray<DatagramProbe>
    /// The addresses, ascending.
    var hosts: RigidArray<DatagramHost>
    /// The numbers of silent endpoints, each host's together.
    var queue = RigidArray<UInt32>(capacity: 0)
    /// How many endpoints have no outcome yet.
    var remaining: Int
    /// How many of them are asked last, because this scan sends from their ports.
    var postponed = 0
    /// Where the present visit is.
    var visit: WaveLayout.Visit

    /// The endpoints of `layout`, none of them asked; those that are `known` need not be.
    init(_ layout: WaveLayout, without known: EndpointSet) {
        self.layout = layout
        probes = RigidArray(repeating: DatagramProbe(), count: layout.count)
        hosts = RigidArray(repeating: DatagramHost(), count: layout.addressCount)
        remaining = layout.requested
        visit = layout.start
        guard known.count(over: .udp) > 0 else { return }
        var all = layout.start
        while let number = layout.next(in: &all) {
            guard known.contains(layout.endpoint(number)) else { continue }
            probes[number].stage = .concluded
            remaining -= 1
        }
    }
}
