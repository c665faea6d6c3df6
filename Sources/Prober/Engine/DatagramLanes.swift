import BasicContainers

/// The sockets of a UDP scan: one for each family, and one for a service that needs its own port.
struct DatagramLanes: ~Copyable {
    /// The lanes, by number.
    ///
    /// Reached directly: an accessor of our own that yields one allocates a frame at each call.
    var lanes: RigidArray<DatagramLane>
    private var drops: UInt64 = 0
    /// The numbers of the lanes of IPv4, IPv6 and DHCP's client port; -1 for none.
    private var ipv4 = -1
    private var ipv6 = -1
    private(set) var clientPort = -1
    /// The ports that lanes send from, or sent from before they were changed.
    private(set) var usedPorts: Set<UInt16> = []

    /// The port that DHCP servers answer to (RFC 2131, 4.1).
    static let dhcpClientPort: UInt16 = 68
    static let dhcpServerPort: UInt16 = 67

    /// The lanes that `plan` needs.
    ///
    /// Without the privilege for the client port of DHCP there is none for it.
    init(_ plan: ScanPlan) throws(SystemCallFailure) {
        let route = ProbeRoute(plan)
        let families = plan.space.targets.ranges
        var lanes = RigidArray<DatagramLane>(capacity: 3)
        if families.contains(where: { $0.family == .ipv4 }) {
            ipv4 = lanes.count
            lanes.append(try Self.lane(.ipv4, route))
            if plan.space.ports.udp.contains(Self.dhcpServerPort) {
                do throws(SystemCallFailure) {
                    lanes.append(try Self.lane(.ipv4, route, port: Self.dhcpClientPort))
                    clientPort = lanes.count - 1
                } catch {
                    clientPort = -1
                }
            }
        }
        if families.contains(where: { $0.family == .ipv6 }) {
            ipv6 = lanes.count
            lanes.append(try Self.lane(.ipv6, route))
        }
        self.lanes = lanes
        notePorts()
    }

    private mutating func notePorts() {
        for index in 0..<lanes.count { usedPorts.insert(lanes[index].port) }
    }

    /// The number of the lane for endpoints of `family`.
    func number(for family: IPAddress.Family) -> Int { family == .ipv4 ? ipv4 : ipv6 }

    /// How many datagrams the kernel dropped in all.
    var dropCount: UInt64 {
        var count = drops
        for index in 0..<lanes.count { count += UInt64(lanes[index].socket.dropCount) }
        return count
    }

    /// Takes what waits in a queue of a lane's socket into `batch`; false when nothing does.
    func receive(
        _ queue: ReceiveBatch.Queue, from lane: Int, into batch: inout ReceiveBatch
    ) -> Bool {
        batch.receive(queue, from: lanes[lane].socket)
    }

    /// Puts sockets with other ports in the place of those there are; false when that failed.
    ///
    /// The client port of DHCP is given up.
    mutating func change(_ route: ProbeRoute) -> Bool {
        if clientPort >= 0 {
            drops += UInt64(lanes[clientPort].socket.dropCount)
            lanes.remove(at: clientPort)
            if ipv6 > clientPort { ipv6 -= 1 }
            clientPort = -1
        }
        for index in 0..<lanes.count {
            do throws(SystemCallFailure) {
                let lane = try Self.lane(lanes[index].socket.family, route)
                drops += UInt64(lanes[index].socket.dropCount)
                lanes[index] = lane
            } catch {
                return false
            }
        }
        notePorts()
        return true
    }

    /// Waits until something comes to one of the sockets, or the time is over.
    func wait(nanoseconds: UInt64) {
        var descriptors = InlineArray<3, CInt>(repeating: -1)
        for index in 0..<lanes.count { descriptors[index] = lanes[index].socket.rawDescriptor }
        Readiness.wait(for: descriptors, nanoseconds: nanoseconds)
    }

    private static func lane(
        _ family: IPAddress.Family, _ route: ProbeRoute, port: UInt16 = 0
    ) throws(SystemCallFailure) -> DatagramLane {
        let lane = try DatagramLane(
            family, source: route.source(for: family), interface: route.interface, port: port)
        route.datagramPorts?.add(lane.port)
        return lane
    }
}
