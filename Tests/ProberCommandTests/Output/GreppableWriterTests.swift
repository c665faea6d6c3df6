import Prober
import Reconcile
import Testing

@testable import ProberCommand

@Suite struct GreppableWriterTests {
    private static let target = IPAddress.v6(high: 0x2001_0db8_0000_0000, low: 0x10)

    private func lines(
        _ groups: [ObservationGroup], asked ports: PortSpec, services: String = ""
    ) -> [String] {
        let plan = SurveyPlan(targets: [AddressRange(Self.target)], ports: ports)
        return GreppableWriter.lines(
            of: NmapHost(Self.target, groups, plan: plan), ServiceTable(parsing: services))
    }

    @Test func `a host has its status, its ports, and the states that are only counted`() {
        let groups = [
            ObservationGroup(Self.target, .tcp, PortSet(ports: [22]), .handshake, attempts: 1),
            ObservationGroup(Self.target, .tcp, PortSet([100...1096]), .reset, attempts: 1),
            ObservationGroup(Self.target, .udp, PortSet(ports: [53]), .reply(.dns), attempts: 1),
        ]
        let ports = PortSpec(
            tcp: PortSet([22...22, 100...1096, 2000...2001]), udp: PortSet([53...53]))
        #expect(
            lines(groups, asked: ports, services: "ssh 22/tcp") == [
                "Host: 2001:db8::10 ()\tStatus: Up",
                "Host: 2001:db8::10 ()\tPorts: 22/open/tcp//ssh///, 53/open/udp//dns///"
                    + "\tIgnored State: closed (997)\tIgnored State: unknown (2)",
            ])
    }

    @Test func `no name of a service can part fields or lines`() {
        let group = ObservationGroup(
            Self.target, .tcp, PortSet(ports: [22]), .handshake, attempts: 1)
        let lines = lines(
            [group], asked: PortSpec(tcp: PortSet([22...22])),
            services: "a/b,c\u{1b}\u{202e} 22/tcp")
        #expect(
            lines[1] == "Host: 2001:db8::10 ()\tPorts: 22/open/tcp//a|b|c\\u{1b}\\u{202e}///")
    }
}
