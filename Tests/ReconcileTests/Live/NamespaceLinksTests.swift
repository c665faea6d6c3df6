import Prober
import Testing

@testable import Reconcile

@Suite struct NamespaceLinksTests {
    private let host: [UInt32: NetworkInterface] = Dictionary(
        uniqueKeysWithValues: [
            NetworkInterface(index: 2, name: "eth0", isUp: true),
            NetworkInterface(index: 3, name: "docker0", isUp: true, kind: "bridge"),
            NetworkInterface(
                index: 10, name: "veth10", isUp: true, kind: "veth", link: 2, linkNamespace: 5,
                master: 3),
        ].map { ($0.index, $0) })

    private func links(
        _ kind: String?, _ link: UInt32?, in namespace: Int32?, hostNumber: Int32? = 0
    ) -> [HostNamespace.Link] {
        let interface = NetworkInterface(
            index: 2, name: "eth0", isUp: true, kind: kind, link: link, linkNamespace: namespace)
        return NamespaceLinks.links(of: [interface], hostNumber: hostNumber, to: host)
    }

    @Test func `an end of a pair is joined to the other one, and to its bridge`() {
        #expect(
            links("veth", 10, in: 0) == [
                .init(interface: "eth0", kind: "veth", peer: "veth10", bridge: "docker0")
            ])
    }

    @Test func `macvlan rides on a device of the host`() {
        #expect(
            links("macvlan", 2, in: 0) == [.init(interface: "eth0", kind: "macvlan", peer: "eth0")])
    }

    @Test func `what is linked to another namespace, to none or to nothing is not joined`() {
        #expect(links("veth", 10, in: 1).isEmpty)
        #expect(links("veth", 10, in: nil).isEmpty)
        #expect(links("veth", 10, in: nil, hostNumber: nil).isEmpty)
        #expect(links("veth", 99, in: 0).isEmpty)
        #expect(links(nil, 10, in: 0).isEmpty)
    }
}
