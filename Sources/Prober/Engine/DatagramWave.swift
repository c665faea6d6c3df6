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

    /// The endpoints of `layout`, none of them asked.
    init(_ layout: WaveLayout) {
        self.layout = layout
        probes = RigidArray(repeating: DatagramProbe(), count: layout.count)
        hosts = RigidArray(repeating: DatagramHost(), count: layout.addressCount)
        remaining = layout.requested
        visit = layout.start
    }
}
