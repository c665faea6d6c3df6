import Prober
import Testing

@testable import Reconcile

@Suite struct ExpectedHolderTests {
    private static func listener(
        _ names: [String] = [], unit: String? = nil, container: String? = nil,
        activation: Activation? = nil, program: String? = nil, remarks: [Remark] = []
    ) -> Listener {
        Listener(
            .tcp, .ipv4, "0.0.0.0", 443,
            owners: names.enumerated().map {
                ProcessIdentity(pid: Int32($0.offset + 1), name: $0.element)
            },
            unit: unit, container: container, program: program, activation: activation,
            remarks: remarks)
    }

    @Test(
        "a listener says whether it is held as declared, or that it does not know",
        arguments: [
            ("nginx", listener(["nginx"]), true), ("nginx", listener(["apache2"]), false),
            ("nginx", listener(["nginx", "nginx"]), true),
            ("nginx", listener(["systemd", "nginx"]), true),
            // The unit may say it where the process does not.
            ("nginx", listener(["python3"], unit: "nginx.service"), true),
            ("nginx", listener([], unit: "apache2.service"), nil),
            ("nginx", listener(), nil), ("nginx", listener([""]), nil),
            ("nginx", listener(program: "nginx"), true),
            ("nginx", listener(["nginx"], remarks: [.ownerUncertain]), nil),
            ("nginx", listener(["apache2"], remarks: [.ownerUncertain]), nil),
            // Linux keeps 15 bytes of a name, lsof shows 9 in its narrow column.
            ("NetworkManager-dispatcher", listener(["NetworkManager-"]), true),
            ("redis-server", listener(["redis-ser"]), nil),
            ("redis-server", listener(["redis"]), false),
            ("nginx.service", listener(["nginx"], unit: "nginx.service"), true),
            ("nginx.service", listener(["nginx"], unit: "apache2.service"), false),
            ("nginx.service", listener(["nginx"]), nil),
            // Anyone may call a unit of their own manager what they like.
            ("web.service", listener(["web"], unit: "user@1000.service/web.service"), false),
            ("nginx", listener(["python3"], unit: "user@1000.service/nginx.service"), false),
            (
                "user@1000.service/web.service",
                listener(["web"], unit: "user@1000.service/web.service"), true
            ),
            (
                "user@1000.service/web.service",
                listener(["web"], unit: "user@1001.service/web.service"), false
            ),
            ("web.service", listener(["systemd"], unit: "user@1000.service/init.scope"), nil),
            // systemd holds sockets for others, and may say for whom.
            ("ssh.service", listener(["systemd"], unit: "init.scope"), nil),
            ("sshd", listener(["systemd"], unit: "init.scope"), nil),
            (
                "ssh.socket",
                listener(
                    ["systemd"], unit: "init.scope",
                    activation: Activation(by: .systemd, unit: "ssh.socket", service: "ssh.service")
                ),
                true
            ),
            (
                "ssh",
                listener(
                    ["systemd"], unit: "init.scope",
                    activation: Activation(by: .systemd, unit: "ssh.socket", service: "ssh.service")
                ),
                true
            ),
            (
                "in.ftpd",
                listener(
                    ["inetd"], activation: Activation(by: .inetd, service: "/usr/sbin/in.ftpd")),
                true
            ),
            ("container:3f2a", listener(["x"], container: "3f2a9c"), true),
            ("container:3f2a", listener(["x"], container: "aaaa9c"), false),
            ("container:3f2a", listener(["x"], unit: "x.service"), false),
            ("container:3f2a", listener(["x"]), nil),
        ] as [(String, Listener, Bool?)])
    func holding(of word: String, by listener: Listener, is expected: Bool?) throws {
        let holder = try #require(ExpectedHolder(word))
        #expect(holder.holds(listener) == expected)
        #expect(holder.description == word)
    }

    @Test(
        "who holds a socket is declared by a word that nobody else answers to",
        arguments: [
            (listener(["nginx"], unit: "nginx.service"), "nginx.service"),
            (
                listener(["nginx"], unit: "user@1000.service/nginx.service"),
                "user@1000.service/nginx.service"
            ),
            (listener(["nginx"]), "nginx"), (listener(), nil),
        ] as [(Listener, String?)])
    func word(for listener: Listener, is expected: String?) {
        #expect(listener.holderWord == expected)
    }

    @Test(
        "what cannot be a name is none", arguments: ["", "container:", "a b", "a\u{202e}b", "a\nb"])
    func refusal(of word: String) {
        #expect(ExpectedHolder(word) == nil)
    }

    private static let nginx = listener(["nginx"], unit: "nginx.service")
    private static let other = listener(["apache2"], unit: "apache2.service")
    private static let stance = Policy.Stance.open(
        Expectation(isOpen: true, ports: PortSpec(), holders: [.name("nginx")]))

    @Test(
        "one listener of another is enough, and one that is not known is not enough",
        arguments: [
            (.listening([nginx], .wildcard), nil, .asDeclared),
            (.listening([nginx, other], .wildcard), nil, .someoneElse),
            (.listening([nginx, listener()], .wildcard), nil, .unknown),
            (.listening([listener(), other], .wildcard), nil, .someoneElse),
            (.none, nil, .someoneElse), (.elsewhere([nginx]), nil, .someoneElse),
            (.loopbackOnly([nginx]), nil, .asDeclared),
            (.inNamespace([nginx]), nil, .asDeclared),
            (.unknown([.noReport], []), nil, .unknown),
            (.changed(before: [nginx], after: [other]), nil, .someoneElse),
            // Where packets are sent elsewhere, the host's own sockets do not get them.
            (.listening([nginx], .wildcard), .unknown, .unknown),
            (.listening([nginx], .wildcard), .here([other]), .someoneElse),
            (.listening([other], .wildcard), .here([nginx]), .asDeclared),
            (.listening([nginx], .wildcard), .nothing(nil), .someoneElse),
        ] as [(ListenerView, ForwardTarget.Place?, Holding)])
    func holding(_ inside: ListenerView, _ place: ForwardTarget.Place?, is expected: Holding) {
        let target = place.map { place in
            ForwardTarget(
                destination: TranslatedDestination(
                    address: ReconcileTests.web, port: 8080, isHere: true),
                port: 8080, place: place)
        }
        #expect(Holding(of: Self.stance, inside, target) == expected)
        #expect(Holding(of: .undeclared, inside, target) == .notAsked)
    }
}
