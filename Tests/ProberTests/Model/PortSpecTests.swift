import Prober
import Testing

@Suite struct PortSpecTests {
    static let services = ServiceTable(
        parsing: """
            # a comment
            ssh     22/tcp      # Secure Shell
            domain  53/tcp
            domain  53/udp  nameserver
            http    80/tcp  www
            http-alt 8080/tcp
            https   443/tcp
            https   443/udp
            broken  line/tcp
            odd     70000/tcp
            sctpish 9/sctp
            """)

    @Test(
        "nmap's forms and ours are understood",
        arguments: [
            ("22", "tcp:22"), ("22,80,8000-8100", "tcp:22,80,8000-8100"), ("-", "tcp:1-65535"),
            ("-1023", "tcp:1-1023"), ("60000-", "tcp:60000-65535"), ("0", "tcp:0"),
            ("0-", "tcp:0-65535"), ("T:22,80,U:53", "tcp:22,80,udp:53"),
            ("tcp:22,udp:53,123", "tcp:22,udp:53,123"), ("80,22,22,21-23", "tcp:21-23,80"),
            ("ssh,www", "tcp:22,80"), ("http*", "tcp:80,443,8080"), ("u:domain", "udp:53"),
            ("U:http?", "udp:443"), (" 22 , 80 ", "tcp:22,80"), ("U:53,T:1", "tcp:1,udp:53"),
        ])
    func understood(_ text: String, _ expected: String) throws {
        let spec = try PortSpec(parsing: text, services: Self.services)
        #expect(spec.description == expected)
        #expect(try PortSpec(parsing: spec.description, services: Self.services) == spec)
    }

    @Test(
        "a mistake is named with its column",
        arguments: [
            ("", 1, "missing"), ("22,,80", 4, "missing"), ("65536", 1, "no port"),
            ("22,9-5", 4, "backwards"), ("22,S:9", 4, "no transport"), ("nosuch", 1, "nosuch"),
            ("U:ssh", 1, "no udp service"), ("22,1-99999", 4, "99999"), ("1-2-3", 1, "2-3"),
            ("1-+5", 1, "+5"),
            ("udp:Common", 1, "Common"), ("udp:common-", 1, "common-"),
            ("22,", 4, "missing"), ("zz*", 1, "zz*"), ("٢٢", 1, "no port"), ("+22", 1, "+22"),
        ])
    func mistakes(_ text: String, _ column: Int, _ fragment: String) throws {
        let error = try #require(throws: InputError.self) {
            try PortSpec(parsing: text, services: Self.services)
        }
        #expect(error.column == column)
        #expect(error.problem.contains(fragment))
    }

    @Test(
        "common are the ports of our own lists",
        arguments: ["udp:common", "U:common", " u:common ", "udp:53,common", "tcp:22,udp:common"])
    func common(_ text: String) throws {
        let spec = try PortSpec(parsing: text, services: Self.services)
        #expect(spec.udp == PayloadTable.ports())
        #expect(spec.tcp.count == (text.contains("22") ? 1 : 0))
    }

    @Test func `common has industrial ports only where they are asked for`() throws {
        let usual = try PortSpec(parsing: "udp:common", services: Self.services)
        let all = try PortSpec(
            parsing: "udp:common", services: Self.services, includesIndustrial: true)
        #expect(!usual.udp.contains(47808))
        #expect(all.udp.contains(47808))
        #expect(all.udp == PayloadTable.ports(includesIndustrial: true))
    }

    @Test func `common TCP ports are the top ports, all of them`() throws {
        let spec = try PortSpec(parsing: "common", services: Self.services)
        #expect(spec.tcp == (try TopPorts.tcp(TopPorts.count)))
        #expect(spec.udp.isEmpty)
    }

    @Test func `no bytes make the parser trap, and what it takes it gives back`() throws {
        var generator = SplitMix64(state: 7)
        let alphabet = Array("0123456789-,:TUtcpud* ?sh\u{0}é")
        for _ in 0..<5000 {
            let text = String(
                (0..<Int.random(in: 0...12, using: &generator)).compactMap { _ in
                    alphabet.randomElement(using: &generator)
                })
            guard let spec = try? PortSpec(parsing: text, services: Self.services) else { continue }
            let again = try PortSpec(parsing: spec.description, services: Self.services)
            #expect(again == spec)
        }
    }

    @Test func `positions run over TCP and then UDP`() {
        let spec = PortSpec(tcp: PortSet(ports: [22, 80]), udp: PortSet(ports: [53]))
        #expect(spec.count == 3)
        #expect((0..<3).map { spec[$0].port } == [22, 80, 53])
        #expect(spec[2].transport == .udp)
    }
}
