import Prober

@testable import Reconcile

/// Reports for the tests of their outputs.
enum Example {
    static let web: IPAddress = "203.0.113.10"
    static let web6: IPAddress = "2001:db8::10"

    /// Text that would harm whoever obeys it: a terminal, XML, Markdown, HTML, JSON.
    static let hostile =
        "]]><script>alert(1)</script><!-- \u{1b}[2J\u{0}\u{9b}\u{202e}\u{2028}\u{fffe}\u{e0041} "
        + "| `x` **b** [l](http://evil.example) @octocat #1 \\ {0} \"'&amp; </details>\n\n# h "
        // A mark that combines makes another `Character` of each of these, and no other markup.
        + "<\u{301} \"\u{301} |\u{301} `\u{301} {\u{301} ](\u{301}x)"

    /// A listener on every address that `name` holds.
    static func listener(_ port: UInt16, _ name: String, unit: String? = nil) -> Listener {
        Listener(
            .tcp, .dual, "::", port,
            owners: [ProcessIdentity(pid: 812, name: name, user: "u", command: name)], unit: unit,
            inode: 7)
    }

    /// A survey of `groups`.
    static func group(
        _ ports: ClosedRange<UInt16>, _ evidence: Evidence, _ transport: Transport = .tcp,
        at address: IPAddress = web
    ) -> ObservationGroup {
        ObservationGroup(address, transport, PortSet([ports]), evidence, attempts: 2)
    }

    /// One finding of every result at least, over both families, with everything that may be said
    /// of the whole; `text` stands wherever a host or an owner may write any.
    static func mixed(_ text: String = "redis-server", pid: Int32 = 812) -> Reconciliation {
        var hidden = listener(6379, text)
        hidden.owners[0].pid = pid
        var reconciliation = reconcile(
            .of([
                group(22...22, .handshake), group(80...80, .reset), group(443...443, .handshake),
                group(6379...6379, .handshake), group(6379...6379, .handshake, at: web6),
                group(100...200, .reset), group(25...25, .reset),
                group(53...53, .unanswered(Silence(isExpected: false, controls: .answered)), .udp),
            ]),
            with: ReconcileTests.report([
                listener(22, "sshd", unit: "ssh.service"), hidden, listener(25, "smtp"),
            ]),
            under: policy(text),
            declared: TargetSet([AddressRange(web), AddressRange("203.0.113.99")]),
            probe: PortSpec(tcp: PortSet([1...1000])))
        reconciliation.notes.append(.hostNotAsked(reason: text))
        reconciliation.notes.append(.probedDirectly(reason: text))
        return reconciliation
    }

    /// Three declarations, one of them of a port that nobody asks about.
    static func policy(_ text: String = "why") -> Policy {
        Policy([
            Expectation(
                isOpen: true, ports: PortSpec(tcp: PortSet([22...22, 80...80])), reason: text,
                location: "targets/web.yaml:7:9"),
            Expectation(
                isOpen: true, ports: PortSpec(tcp: PortSet([443...443, 9999...9999])),
                location: "targets/web.yaml:9:9"),
            Expectation(
                isOpen: false, ports: PortSpec(), reason: text,
                location: "targets/web.yaml:11:9", isRest: true),
        ])
    }

    /// The report of ``mixed(_:pid:)`` and of one more target that was not begun.
    static func report(_ text: String = "redis-server", pid: Int32 = 812) -> FindingsReport {
        FindingsReport(
            [
                FindingsReport.Part(
                    mixed(text, pid: pid), target: text, location: "targets/web.yaml:3:11")
            ], notBegun: [text], version: "0.1.0")
    }

    /// What a scan of one host comes to, at random.
    static func random(_ seed: UInt64) -> Reconciliation {
        var random = SplitMix64(state: seed)
        let evidence: [Evidence] = [
            .handshake, .reset, .silence, .localFailure(.selfConnect),
            .icmp(ICMPError(.ipv4, type: 3, code: 13), reporter: "198.51.100.1"),
        ]
        let ports: [UInt16] = [22, 25, 80, 443, 6379, 8080]
        var groups: [ObservationGroup] = []
        var listeners: [Listener] = []
        var expectations: [Expectation] = []
        for port in ports {
            for address in [web, web6] {
                let seen = evidence[Int(random.next() % UInt64(evidence.count))]
                groups.append(group(port...port, seen, at: address))
            }
            if random.next() % 2 == 0 { listeners.append(listener(port, "p\(port)")) }
            let choice = random.next() % 4
            if choice < 2 {
                expectations.append(
                    Expectation(
                        isOpen: choice == 0, ports: PortSpec(tcp: PortSet([port...port])),
                        location: "a.yaml:\(port):1"))
            }
        }
        if random.next() % 4 == 0 {
            expectations.append(
                Expectation(isOpen: true, ports: PortSpec(tcp: PortSet([9999...9999]))))
        }
        return reconcile(
            .of(groups, ending: random.next() % 8 == 0 ? .interrupted : .complete),
            with: random.next() % 4 == 0 ? nil : ReconcileTests.report(listeners),
            under: Policy(expectations))
    }
}
