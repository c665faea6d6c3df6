import Prober
import Testing

@testable import Reconcile

@Suite struct RemedyTests {
    /// The steps for a service of a finding about one port.
    private func steps(
        _ action: Action, on system: HostSystem?, port: UInt16 = 8080,
        _ transport: Transport = .tcp, at address: IPAddress = "203.0.113.10"
    ) throws -> [String] {
        let reconciliation = reconcile(
            .of([ReconcileTests.group(port...port, .handshake, at: address)]),
            with: nil, under: Policy())
        var finding = try #require(reconciliation.findings.first)
        finding.transport = transport
        return Remedy(action, steps: action.steps(on: system, for: finding)).steps.map(\.text)
    }

    private static let redis = ProcessIdentity(
        pid: 812, name: "redis-server", command: "/usr/bin/redis-server *:6379")

    private static let identifyingTable: [(HostSystem, Transport, [String])] = [
        (HostSystem.linux, Transport.tcp, ["ss -lptn 'sport = :8080'"]),
        (.linuxSystemd, .udp, ["ss -lpun 'sport = :8080'", "systemctl status PID"]),
        (
            .aix, .tcp,
            [
                "netstat -Aan | grep '[.]8080 '", "rmsock BLOCK tcpcb", "lsof -nP -iTCP:8080",
                "ps -fp PID",
            ]
        ),
        (
            .aix, .udp,
            [
                "netstat -Aan | grep '[.]8080 '", "rmsock BLOCK inpcb", "lsof -nP -iUDP:8080",
                "ps -fp PID",
            ]
        ),
        (.freeBSD, .tcp, ["sockstat -46l -P tcp -p 8080", "ps -fp PID"]),
        (.netBSD, .tcp, ["sockstat -n -l -p 8080", "ps -fp PID"]),
        (.openBSD, .udp, ["fstat | grep 'udp .*:8080'", "ps -p PID -o args"]),
        (.macOS, .tcp, ["lsof -nP -iTCP:8080 -sTCP:LISTEN", "launchctl list | grep PID"]),
        (
            .solaris, .tcp,
            [
                "netstat -aun | grep '[.]8080 '",
                "ls /proc | xargs -n 1 pfiles 2>/dev/null | egrep '^[0-9]+:|port: 8080$'",
                "svcs -p",
            ]
        ),
        (.hpux, .udp, ["lsof -nP -iUDP:8080", "ps -fp PID"]),
        (
            .windows, .tcp,
            [
                "Get-NetTCPConnection -State Listen -LocalPort 8080 | Format-Table "
                    + "LocalAddress, LocalPort, OwningProcess",
                "Get-CimInstance Win32_Service -Filter 'ProcessId = PID'", "netstat -abno",
            ]
        ),
    ]

    private static let stopping1Table: [(Action.Service, [String])] = [
        (
            Action.Service.unit("redis-server.service"),
            [
                "systemctl disable --now redis-server.service", "systemctl list-sockets",
                "systemctl mask redis-server.service",
            ]
        ),
        (
            .socketUnit(
                Listener(
                    .tcp, .dual, "::", 22, unit: "ssh.service",
                    activation: Activation(
                        by: .systemd, unit: "ssh.socket", service: "ssh.service"))
            ), ["systemctl disable --now ssh.socket ssh.service"]
        ),
        (
            .socketUnit(
                Listener(
                    .tcp, .dual, "::", 22, unit: "ssh.socket",
                    activation: Activation(
                        by: .systemd, unit: "ssh.socket", service: "ssh@.service"))
            ), ["systemctl disable --now ssh.socket", "systemctl stop 'ssh@*.service'"]
        ),
        (
            .socketUnit(Listener(.tcp, .dual, "::", 22, unit: "ssh.socket")),
            ["systemctl disable --now ssh.socket", "systemctl list-sockets"]
        ),
        (
            .socketUnit(Listener(.tcp, .dual, "::", 22, unit: "init.scope")),
            ["systemctl list-sockets", "systemctl disable --now NAME.socket NAME.service"]
        ),
        (
            .userUnit("dev.service", user: "1000"),
            ["systemctl --user disable --now dev.service", "systemctl --user list-sockets"]
        ),
        (
            .userSocketUnit(Listener(.tcp, .dual, "::", 22), user: "1000"),
            [
                "systemctl --user list-sockets",
                "systemctl --user disable --now NAME.socket NAME.service",
            ]
        ),
        (.container("3f2a"), ["docker stop 3f2a", "docker update --restart=no 3f2a"]),
        (
            .published(inside: 80, 8080),
            ["docker ps --filter publish=8080", "docker stop NAME"]
        ),
        (
            .kernel(KernelHolder(.vxlan, interface: "vxlan0")), ["ip link del vxlan0"]
        ),
        (
            .unit("x'; rm -rf / #.service"),
            [
                #"systemctl disable --now 'x'\''; rm -rf / #.service'"#,
                "systemctl list-sockets", #"systemctl mask 'x'\''; rm -rf / #.service'"#,
            ]
        ),
        (.unit("--root=/x.service"), ["systemctl list-sockets"]),
    ]

    private static let stopping2Table: [(HostSystem, [String])] = [
        (
            HostSystem.linuxSystemd,
            ["systemctl status 812", "systemctl disable --now NAME", "kill 812"]
        ),
        (
            .linuxOpenRC,
            [
                "ps -o pid,ppid,user,args", "rc-status -a", "rc-service NAME stop",
                "rc-update del NAME",
            ]
        ),
        (
            .aix,
            [
                "ps -fp 812", "lssrc -a | grep 812", "stopsrc -s NAME", "chrctcp -S -d NAME",
                "lsitab -a", "rmitab NAME",
            ]
        ),
        (
            .freeBSD,
            [
                "grep -l -F -e redis-server /etc/rc.d/* /usr/local/etc/rc.d/*",
                "service NAME onestop", "sysrc NAME_enable=NO",
            ]
        ),
        (.openBSD, ["rcctl ls started", "rcctl stop NAME", "rcctl disable NAME"]),
        (
            .netBSD,
            [
                "grep -l -F -e redis-server /etc/rc.d/*", "/etc/rc.d/NAME onestop",
                "in /etc/rc.conf: NAME=NO",
            ]
        ),
        (.solaris, ["svcs -p", "svcadm disable NAME", "inetadm -d NAME"]),
        (
            .macOS,
            [
                "launchctl list | awk '$1 == 812'", "sudo launchctl bootout system/NAME",
                "sudo launchctl disable system/NAME",
            ]
        ),
        (
            .windows,
            [
                "Get-CimInstance Win32_Service -Filter 'ProcessId = 812'",
                "Stop-Service -Name NAME", "Set-Service -Name NAME -StartupType Disabled",
                "Stop-Process -Id 812",
            ]
        ),
    ]

    private static let superServersTable: [(HostSystem, Activation.Keeper, [String])] = [
        (
            HostSystem.aix, Activation.Keeper.inetd,
            [
                "grep '[^0-9]23/tcp' /etc/services", "chsubserver -d -v NAME -p tcp",
                "chsubserver -d -v NAME -p tcp6", "refresh -s inetd",
            ]
        ),
        (
            .linuxSystemd, .xinetd,
            [
                "grep -rl -F -e /usr/sbin/in.telnetd /etc/xinetd.conf /etc/xinetd.d",
                "in FILE: disable = yes", "pkill -HUP -x xinetd",
            ]
        ),
        (.solaris, .inetd, ["inetadm", "inetadm -d NAME"]),
        (
            .hpux, .inetd,
            [
                "grep '[^0-9]23/tcp' /etc/services", "in /etc/inetd.conf: #NAME ...",
                "inetd -c",
            ]
        ),
    ]

    private static let bindingTable: [(Action.Service, IPAddress, [String])] = [
        (
            Action.Service.unit("redis-server.service"), IPAddress("127.0.0.1"),
            [
                "in /etc/redis/redis.conf: bind 127.0.0.1",
                "systemctl restart redis-server.service",
            ]
        ),
        (
            .unit("redis-server@main.service"), "127.0.0.1",
            [
                "in /etc/redis/redis.conf: bind 127.0.0.1",
                "systemctl restart redis-server@main.service",
            ]
        ),
        (
            .unit("nginx.service"), "2001:db8:b::10",
            [
                "in the server block below /etc/nginx: listen [2001:db8:b::10]:8080;",
                "systemctl restart nginx.service",
            ]
        ),
        (.unit("own-thing.service"), "127.0.0.1", ["systemctl restart own-thing.service"]),
        (
            .socketUnit(Listener(.tcp, .dual, "::", 8080, unit: "cockpit.socket")), "127.0.0.1",
            [
                "systemctl cat cockpit.socket", "systemctl edit cockpit.socket",
                "in the section [Socket] there: ListenStream=",
                "in the section [Socket] there: ListenStream=127.0.0.1:8080",
                "systemctl stop NAME.service",
                "systemctl restart cockpit.socket",
            ]
        ),
        (
            .socketUnit(
                Listener(
                    .tcp, .dual, "::", 8080, unit: "web.service",
                    activation: Activation(
                        by: .systemd, unit: "web.socket", service: "web.service"))), "127.0.0.1",
            [
                "systemctl cat web.socket", "systemctl edit web.socket",
                "in the section [Socket] there: ListenStream=",
                "in the section [Socket] there: ListenStream=127.0.0.1:8080",
                "systemctl stop web.service", "systemctl restart web.socket",
            ]
        ),
        (
            .published(inside: 80, 8080), "127.0.0.1",
            [
                "docker ps --filter publish=8080",
                "in its `docker run`, or `ports` of its compose file: -p 127.0.0.1:8080:80",
            ]
        ),
        (.process(ProcessIdentity(pid: 7, name: "./own")), "127.0.0.1", []),
    ]

    @Test(
        "a port is identified with what the system has",
        arguments: identifyingTable)
    func identifying(
        on system: HostSystem, _ transport: Transport, says expected: [String]
    ) throws {
        let action = Action.identify(transport, PortSet(ports: [8080]))
        #expect(try steps(action, on: system, transport) == expected)
    }

    @Test(
        "a setting is that of the port",
        arguments: [
            ("etcd", 2379 as UInt16, "ETCD_LISTEN_CLIENT_URLS"),
            ("etcd", 2380, "ETCD_LISTEN_PEER_URLS"), ("etcd", 2381, nil as String?),
            ("rabbitmq-server", 5672, "listeners.tcp.1"),
            ("rabbitmq-server", 15672, "management.tcp.ip"), ("rabbitmq-server", 25672, nil),
            ("slapd", 636, #"SLAPD_SERVICES="ldaps:"#), ("slapd", 389, #"SLAPD_SERVICES="ldap:"#),
            ("influxd", 8088, nil), ("influxd", 8086, "http-bind-address"),
            ("nginx", 8088, "listen"),
        ])
    func setting(of name: String, at port: UInt16, is key: String?) {
        let lines = BindSetting.settings(of: name, .tcp, port).flatMap(\.lines)
        if let key {
            #expect(lines.first?.hasPrefix(key) == true)
        } else {
            #expect(lines.isEmpty)
        }
    }

    @Test func `loopback is kept from rules for each interface, and over IPv4 alone`() throws {
        let lines = try steps(.removeForwarding(.tcp, PortSet(ports: [8080])), on: .linux)
        #expect(lines.first == "sysctl -a | grep route_localnet")
        #expect(lines.contains("sysctl -w net.ipv4.conf.INTERFACE.route_localnet=0"))
        #expect(
            try steps(
                .removeForwarding(.tcp, PortSet(ports: [8080])), on: .linux, at: "2001:db8:b::10"
            ).isEmpty)
    }

    @Test func `many ports are listed, not searched for one by one`() throws {
        let few = Action.identify(.tcp, PortSet([80...82]))
        #expect(
            try steps(few, on: .linux) == ["ss -lptn 'sport = :80 or sport = :81 or sport = :82'"])
        #expect(try steps(.identify(.tcp, .all), on: .linux) == ["ss -lptn"])
        for system in HostSystem.allCases {
            #expect(try !steps(.identify(.udp, .all), on: system).isEmpty)
        }
    }

    @Test func `where the system is not known each step says of which it is`() throws {
        let remedies = HostSystem.identifyingAnywhere(.tcp, PortSet(ports: [22]))
        #expect(remedies.count == 4)
        #expect(remedies.allSatisfy { $0.note?.hasPrefix("on ") ?? false })
    }

    @Test(
        "a unit and its socket unit are stopped together",
        arguments: stopping1Table)
    func stopping(_ service: Action.Service, says expected: [String]) throws {
        // The system makes no difference to what a unit or a container tells by itself.
        for system in [nil, .linuxSystemd] as [HostSystem?] {
            #expect(try steps(.stop(service), on: system) == expected)
        }
    }

    @Test(
        "a process is stopped as its system stops services",
        arguments: stopping2Table)
    func stopping(on system: HostSystem, says expected: [String]) throws {
        #expect(try steps(.stop(.process(Self.redis)), on: system) == expected)
    }

    @Test func `every system can stop a process, and none guesses when it is not known`() throws {
        for system in HostSystem.allCases {
            #expect(try !steps(.stop(.process(Self.redis)), on: system).isEmpty)
        }
        #expect(try steps(.stop(.process(Self.redis)), on: nil).isEmpty)
        #expect(try steps(.stop(.unknown(.tcp, PortSet(ports: [1]))), on: .aix).isEmpty)
    }

    @Test(
        "an entry of a super-server is taken out where that has it",
        arguments: superServersTable)
    func superServers(
        on system: HostSystem, _ keeper: Activation.Keeper, says expected: [String]
    ) throws {
        let service = Action.Service.superServer(
            keeper, program: "/usr/sbin/in.telnetd", .tcp, 23)
        #expect(try steps(.stop(service), on: system) == expected)
    }

    @Test(
        "a well-known server is told where to bind",
        arguments: bindingTable)
    func binding(
        _ service: Action.Service, to address: IPAddress, says expected: [String]
    ) throws {
        #expect(try steps(.bind(service, to: address), on: .linuxSystemd) == expected)
    }

    @Test func `a narrower address is loopback of the family that was probed`() throws {
        let rebind = Action.rebind(.unit("sshd.service"))
        #expect(
            try steps(rebind, on: nil).first
                == "in /etc/ssh/sshd_config: ListenAddress 127.0.0.1")
        #expect(
            try steps(rebind, on: nil, at: "2001:db8:b::10").first
                == "in /etc/ssh/sshd_config: ListenAddress ::1")
    }

    @Test func `a process that has settings is started anew after they are written`() throws {
        let rebind = Action.rebind(.process(Self.redis))
        #expect(
            try steps(rebind, on: .aix) == [
                "in /etc/redis/redis.conf: bind 127.0.0.1", "lssrc -a | grep 812",
                "stopsrc -s NAME", "startsrc -s NAME",
            ])
    }

    @Test func `what is about one transport is not said of the other`() {
        #expect(BindSetting.settings(of: "rpcbind", .udp, 111).count == 1)
        #expect(BindSetting.settings(of: "rpcbind", .tcp, 111).isEmpty)
    }

    @Test("the table of servers is complete", arguments: BindSetting.known.keys.sorted())
    func known(_ name: String) throws {
        let settings = try #require(BindSetting.known[name])
        #expect(!settings.isEmpty)
        for setting in settings {
            #expect(!setting.file.isEmpty)
            let lines = setting.lines(for: "192.0.2.7", port: 4242)
            #expect(!lines.isEmpty)
            for word in ["ADDRESS", "HOST", "PORT"] {
                #expect(!lines.contains { $0.contains(word) }, "\(name)")
            }
        }
    }

    @Test func `a hostile process name is a word of a search at most`() throws {
        let hostile = ProcessIdentity(pid: 7, name: "x' /etc/passwd; reboot #")
        let lines = try steps(.stop(.process(hostile)), on: .freeBSD)
        #expect(
            lines.first
                == #"grep -l -F -e 'x'\'' /etc/passwd; reboot #' /etc/rc.d/* /usr/local/etc/rc.d/*"#
        )
        let dashed = ProcessIdentity(pid: 7, name: "-r /")
        #expect(try steps(.stop(.process(dashed)), on: .freeBSD).first == "service NAME onestop")
    }

    @Test func `words of actions differ from each other`() {
        let actions: [Action] = [
            .scanAgain, .askFewer, .checkHost, .nameSource, .collectReport, .start,
            .identify(.tcp, .all), .restrict(.tcp, .all), .declare(.tcp, .all),
        ]
        #expect(Set(actions.map(\.kind)).count == actions.count)
    }
}
