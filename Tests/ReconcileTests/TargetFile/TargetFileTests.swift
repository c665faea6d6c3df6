import Prober
import Testing

@testable import Reconcile

@Suite struct TargetFileTests {
    private let services = ServiceTable(
        parsing: "ssh 22/tcp\nhttp 80/tcp www\nhttps 443/tcp\ndomain 53/udp")

    private func file(_ text: String, source: String = "t.yaml") throws -> TargetFile {
        try TargetFile(parsing: text, source: source, services: services)
    }

    @Test func `a whole file is read into values`() throws {
        let file = try file(
            """
            version: 1
            defaults: { vantage: namespace, rate: max, timeout: 2s, retries: 3, confidence: 0.99, talk: true }
            targets:
              - name: web1
                addresses: [203.0.113.10, "2001:db8:b::10", web1.example.net, this-host]
                probe: { tcp: 1-1024 }
                rate: 250
                timeout: 1500ms
                vantage: direct
                host: { live: true }
                expect:
                  - open: ssh
                    from: [198.51.100.0/24, 198.51.101.0-255]
                    why: bastion only
                  - open: [tcp:80, "443"]
                  - closed: rest
                    why: the rest
            exclude:
              - 203.0.113.0/28
              - { block: "2001:db8:c::/48", why: neighbours }
            """, source: "targets/t.yaml")
        #expect(file.defaults.vantage == .namespace)
        #expect(file.defaults.rate == .unlimited)
        #expect(file.defaults.timeout == .seconds(2))
        #expect(file.defaults.retries == 3)
        #expect(file.defaults.confidence == 0.99)
        #expect(file.defaults.talks)
        #expect(file.defaults.probe == PortSpec(tcp: .all))
        #expect(file.defaults.probeLocation == nil)

        let target = try #require(file.targets.first)
        #expect(target.name == "web1")
        #expect(target.location.description == "targets/t.yaml:4:11")
        #expect(
            target.addresses.map(\.kind) == [
                .word(try TargetWord(parsing: "203.0.113.10")),
                .word(try TargetWord(parsing: "2001:db8:b::10")),
                .word(.name("web1.example.net")), .thisHost,
            ])
        #expect(target.addresses.map(\.location.column) == [17, 31, 49, 67])
        #expect(target.settings.vantage == .direct)
        #expect(target.settings.rate == .perSecond(250))
        #expect(target.settings.timeout == .milliseconds(1500))
        #expect(target.settings.retries == 3)
        #expect(target.settings.probe == PortSpec(tcp: PortSet([1...1024])))
        #expect(target.settings.probeLocation?.line == 6)
        #expect(target.host == .live)

        let expectations = target.policy.expectations
        #expect(expectations.map(\.isOpen) == [true, true, false])
        #expect(expectations.map(\.isRest) == [false, false, true])
        #expect(
            expectations.map(\.ports.description) == ["tcp:22", "tcp:80,443", "tcp:1-1024"])
        #expect(expectations.map(\.reason) == ["bastion only", nil, "the rest"])
        #expect(expectations[0].from.map(\.description) == ["198.51.100.0/23"])
        #expect(
            expectations.map(\.location) == [
                "targets/t.yaml:12:9", "targets/t.yaml:15:9", "targets/t.yaml:16:9",
            ])

        #expect(file.exclude.map(\.reason) == [nil, "neighbours"])
        #expect(file.excludedAddresses.description == "203.0.113.0/28 2001:db8:c::/48")
    }

    @Test func `what is not said has its default`() throws {
        let file = try file("version: 1\ntargets:\n- name: a\n  addresses: [203.0.113.1]\n")
        let target = try #require(file.targets.first)
        #expect(target.settings == ProbeSettings())
        #expect(target.settings.probe == PortSpec(tcp: .all))
        #expect(target.host == nil)
        #expect(target.policy == Policy())
        #expect(file.exclude.isEmpty)
    }

    @Test(
        "the ports of the UDP table are known by name",
        arguments: [
            ("{ udp: common }", PortSpec(udp: PayloadTable.ports())),
            (
                "{ udp: [53, \"U:123\", 500-501] }",
                PortSpec(udp: PortSet(ports: [53, 123, 500, 501]))
            ),
            (
                "{ tcp: 1-1023, udp: \"common,9999\" }",
                PortSpec(
                    tcp: PortSet([1...1023]),
                    udp: PayloadTable.ports().union(PortSet(ports: [9999])))
            ),
            ("{ udp: domain }", PortSpec(udp: PortSet(ports: [53]))),
        ])
    func datagrams(_ text: String, are expected: PortSpec) throws {
        let file = try file(
            """
            version: 1
            targets:
            - name: a
              addresses: [203.0.113.1]
              probe: \(text)
              expect: [{ open: "udp:53" }, { closed: rest }]
            """)
        let target = try #require(file.targets.first)
        #expect(target.settings.probe == expected)
        let expectations = target.policy.expectations
        #expect(expectations.map(\.ports) == [PortSpec(udp: PortSet(ports: [53])), expected])
    }

    @Test("a policy knows the common ports of UDP", arguments: ["udp", "U"])
    func commonExpected(_ transport: String) throws {
        let file = try file(
            """
            version: 1
            targets:
            - name: a
              addresses: [203.0.113.1]
              probe: { udp: common }
              expect: [{ closed: "\(transport):common" }]
            """)
        let policy = try #require(file.targets.first?.policy)
        #expect(policy.expectations.map(\.ports) == [PortSpec(udp: PayloadTable.ports())])
    }

    @Test func `a host can be asked over ssh`() throws {
        let text = """
            version: 1
            targets:
              - name: web1
                addresses: [203.0.113.10]
                host: { ssh: root@203.0.113.10 }
            """
        let file = try TargetFile(parsing: text, source: "t.yaml", services: services)
        let destination = try #require(SSHDestination("root@203.0.113.10"))
        #expect(file.targets.map(\.host) == [.ssh(destination)])
    }

    @Test(
        "ports come as number, text, name or list",
        arguments: [
            ("22", "tcp:22"), ("1-1023", "tcp:1-1023"), ("\"22,80\"", "tcp:22,80"),
            ("ssh", "tcp:22"), ("[22, ssh, 8000-8100, \"tcp:443\"]", "tcp:22,443,8000-8100"),
            ("\"-\"", "tcp:1-65535"), ("http*", "tcp:80,443"),
            ("common", "\(PortSpec(tcp: (try? TopPorts.tcp(TopPorts.count)) ?? PortSet()))"),
        ])
    func ports(_ text: String, are expected: String) throws {
        let file = try file("version: 1\ndefaults: { probe: { tcp: \(text) } }\nexclude: []")
        #expect(file.defaults.probe.description == expected)
    }

    @Test(
        "report files are looked for beside the target file",
        arguments: [
            ("targets/t.yaml", "report.json", "targets/report.json"),
            ("t.yaml", "report.json", "report.json"),
            ("/etc/prober/t.yaml", "../report.json", "/etc/prober/../report.json"),
            ("targets/t.yaml", "/var/report.json", "/var/report.json"),
        ])
    func reportPath(source: String, written: String, opened: String) throws {
        let text =
            "version: 1\ntargets:\n- name: a\n  addresses: [203.0.113.1]\n"
            + "  host: { files: [\(written)] }"
        guard case .files(let files)? = try file(text, source: source).targets.first?.host else {
            Issue.record("no files")
            return
        }
        #expect(files.map(\.path) == [opened])
        #expect(files.map(\.location.line) == [5])
    }

    @Test func `anchors are read, and each target keeps its own ports`() throws {
        let file = try file(
            """
            version: 1
            targets:
              - { name: a, addresses: [203.0.113.1], expect: &web [{ open: 80 }, { closed: rest }] }
              - { name: b, addresses: [203.0.113.2], probe: { tcp: 80-81 }, expect: *web }
            """)
        #expect(
            file.targets.map { $0.policy.expectations[0].ports.description } == [
                "tcp:80", "tcp:80",
            ])
        #expect(
            file.targets.map { $0.policy.expectations[1].ports.description } == [
                "tcp:1-65535", "tcp:80-81",
            ])
    }

    @Test func `a narrower entry may stand before a wider one`() throws {
        let file = try file(
            """
            version: 1
            targets:
              - name: a
                addresses: [203.0.113.1]
                expect:
                  - { open: 22, from: 198.51.100.0/24 }
                  - { open: 22, from: 192.0.2.0/24 }
                  - { closed: 1-1023 }
            """)
        #expect(file.targets.first?.policy.expectations.count == 3)
    }

    @Test func `a byte order mark is passed over`() throws {
        let file = try file("\u{feff}version: 1\nexclude: [192.0.2.1]")
        #expect(file.excludedAddresses.count == 1)
    }

    @Test func `a file that cannot be read is named`() {
        let error = #expect(throws: InputError.self) {
            try TargetFile(reading: "/nonexistent/t.yaml", services: services)
        }
        #expect(
            error?.description.hasPrefix(
                "/nonexistent/t.yaml: the target file cannot be read: No such file or directory")
                == true)
    }

    @Test func `bytes that are no UTF-8 have their place`() {
        let bytes = Array("version: 1\n# caf".utf8) + [0xe9] + Array("\nexclude: []".utf8)
        let error = #expect(throws: InputError.self) {
            try TargetFile(parsing: bytes, source: "t.yaml", services: services)
        }
        #expect(error?.line == 2)
        #expect(error?.column == 6)
        #expect(error?.problem.contains("not UTF-8") == true)
    }
}
