import Prober
import Testing

@testable import Reconcile

@Suite struct StoryTests {
    private static func file() throws -> FindingsFile {
        try FindingsFile(
            parsing: FindingsFileTests.reconciliation().json(target: "web"), source: "f.json")
    }

    private static func sentences(of text: String, _ topic: Story.Topic) throws -> [String] {
        let stories = try Story.all(of: try EndpointPattern(parsing: text), in: file())
        let story = try #require(stories.count == 1 ? stories.first : nil)
        return story.parts.first { $0.topic == topic }?.sentences ?? []
    }

    @Test(
        "each side of an endpoint is told in sentences",
        arguments: [
            ("6379", .found, "FAIL E1 unexpected-exposure, severity critical."),
            ("6379", .found, "Reachable, but not declared."),
            (
                "tcp:203.0.113.10:6379", .asked,
                "monitor (198.51.100.2) asked for a connection 2 times, in a scan begun at "
                    + "2026-11-24T03:04:05Z."
            ),
            ("6379", .answered, "The handshake was completed: something takes connections."),
            (
                "6379", .listens,
                "0.0.0.0:6379/tcp, redis-server (pid 812, user redis), unit redis-server.service takes "
                    + "it."
            ),
            ("6379", .declared, "Nobody declared it, so it is not meant to be reachable."),
            ("6379", .rules, "What the host's rules do is not known: nobody read them."),
            ("6379", .todo, "Otherwise restrict by a firewall rule who may reach tcp port 6379."),
            ("22", .declared, "It is declared open, held by sshd, until 2027-01-31 at w.yaml:7:9."),
            ("22", .declared, "The reason given: why."),
            (
                "150", .answered,
                "A TCP reset came back, without any ICMP error: the port was refused."
            ),
            (
                "301", .answered,
                "203.0.113.1, another address, sent ICMP 3/13 administratively prohibited."
            ),
            ("300", .answered, "Nothing came back."),
            ("53/udp", .answered, "A valid dns reply came back."),
            ("150", .listens, "Nothing on the host has the port."),
            (
                "500", .asked,
                "Nothing was asked: no probe was sent here before the scan ended."
            ),
        ] as [(String, Story.Topic, String)])
    func sentence(of endpoint: String, on topic: Story.Topic, is expected: String) throws {
        #expect(try Self.sentences(of: endpoint, topic).contains(expected))
    }

    @Test func `a port alone is refused where the file is of several hosts`() throws {
        var file = try Self.file()
        file.results[0].findings[0].addresses = AddressRange("203.0.113.11")
        let pattern = try EndpointPattern(parsing: "22")
        let error = #expect(throws: InputError.self) { try Story.all(of: pattern, in: file) }
        #expect(error?.problem == "port 22 stands alone, and f.json is of more than one host")
        #expect(error?.remedy.contains("203.0.113.10") == true)
    }

    /// What a socket without an owner is called, which is bound to no address in particular.
    private static func withSocket(
        _ file: FindingsFile, port: UInt16, at address: IPAddress
    ) throws -> FindingsFile {
        var file = file
        var socket = try #require(file.results[0].findings.first)
        socket.code = "H5"
        socket.name = "ownerless-socket"
        socket.addresses = AddressRange(address)
        socket.transport = .udp
        socket.ports = PortSet(ports: [port])
        socket.evidence = []
        socket.firewall = RecordedFinding.Firewall(
            outcome: "undecided", reasons: ["not-asked"], rules: [])
        socket.explanation = "Nothing says who holds it."
        socket.isSupplement = true
        file.results[0].findings.append(socket)
        return file
    }

    @Test(
        "what the host tells of a socket is the story where nobody asked",
        arguments: [
            "0.0.0.0", "::",
        ] as [IPAddress])
    func socketAlone(at address: IPAddress) throws {
        let file = try Self.withSocket(try Self.file(), port: 4789, at: address)
        let pattern = try EndpointPattern(parsing: "203.0.113.10:4789/udp")
        let stories = try Story.all(of: pattern, in: file)
        let story = try #require(stories.count == 1 ? stories.first : nil)
        #expect(story.title == "203.0.113.10:4789/udp")
        #expect(story.parts.first?.sentences.last == "Nothing says who holds it.")
        #expect(!story.parts.contains { $0.topic == .rules })
        let asked = story.parts.first { $0.topic == .asked }?.sentences
        #expect(asked == ["No probe asked: this is what the host itself tells of the port."])
        // Another host's socket is none of this one.
        let elsewhere = try EndpointPattern(parsing: "203.0.113.99:4789/udp")
        #expect(try Story.all(of: elsewhere, in: file).isEmpty)
    }

    @Test func `what the host tells of a socket stands beside what was asked`() throws {
        let file = try Self.withSocket(try Self.file(), port: 53, at: "0.0.0.0")
        let stories = try Story.all(
            of: try EndpointPattern(parsing: "203.0.113.10:53/udp"), in: file)
        #expect(stories.count == 1)
        let also = stories.first?.parts.first { $0.topic == .also }?.sentences
        #expect(also == ["H5 ownerless-socket: Nothing says who holds it."])
    }

    @Test func `sockets at no address in particular are no second host`() throws {
        let file = try Self.withSocket(try Self.file(), port: 4789, at: "0.0.0.0")
        #expect(try Story.all(of: try EndpointPattern(parsing: "22"), in: file).count == 1)
        let absent = file.absence(of: try EndpointPattern(parsing: "203.0.113.99:22"))
        #expect(absent.contains("Target web is about 203.0.113.10."))
        let ports = file.absence(of: try EndpointPattern(parsing: "4788/udp"))
        #expect(!ports.contains { $0.contains("4789") })
    }

    @Test func `an endpoint that nobody asked about has no story, and what is known is said`()
        throws
    {
        let file = try Self.file()
        let pattern = try EndpointPattern(parsing: "tcp:203.0.113.10:9443")
        #expect(try Story.all(of: pattern, in: file).isEmpty)
        let sentences = file.absence(of: pattern)
        #expect(
            sentences.first == "f.json says nothing of 203.0.113.10:9443/tcp: it was never asked.")
        #expect(sentences.contains { $0.hasPrefix("Target web asked tcp ports 1-") })
        let elsewhere = file.absence(of: try EndpointPattern(parsing: "203.0.113.99:22"))
        #expect(elsewhere.contains("Target web is about 203.0.113.10."))
    }

    @Test func `what the rules predict is told as such, for whom they were followed`() throws {
        let rules = try Ruleset([
            try RulesetText(
                recognising: Array(
                    "*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp --dport 6379 -j ACCEPT\nCOMMIT\n"
                        .utf8),
                origin: "rules")
        ])
        let vantage = Vantage(name: "office", addresses: ["198.51.100.2"])
        let whole = predict(
            for: ReconcileTests.report([ReconcileTests.redis]), under: Policy(), from: [vantage],
            ruleset: rules)
        let file = try FindingsFile(parsing: try #require(whole.first).json(), source: "f.json")
        #expect(file.results.first?.vantage == vantage)
        let pattern = try EndpointPattern(parsing: "tcp:203.0.113.10:6379")
        let asked = try Story.all(of: pattern, in: file).first?.parts.first { $0.topic == .asked }
        #expect(
            asked?.sentences == [
                "No packet was sent: the rules were followed, as a packet from office (198.51.100.2) "
                    + "would go."
            ])
    }

    @Test func `a rule that decides is quoted with its place`() throws {
        var file = try Self.file()
        let index = try #require(file.results[0].findings.firstIndex { $0.ports.contains(300) })
        file.results[0].findings[index].firewall = RecordedFinding.Firewall(
            outcome: "drop", reasons: [],
            rules: [
                .init(family: "inet", table: "filter", chain: "input", text: "tcp dport 300 drop")
            ])
        let stories = try Story.all(of: try EndpointPattern(parsing: "300"), in: file)
        let rules = stories.first?.parts.first { $0.topic == .rules }?.sentences
        #expect(
            rules == [
                "The host's rules drop it.",
                "It is decided in chain input of table inet filter: `tcp dport 300 drop`.",
            ])
    }
}
