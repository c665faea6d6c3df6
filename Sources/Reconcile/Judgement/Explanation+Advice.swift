public import Prober

extension Cause {
    /// The cause, as a sentence.
    public var explanation: String {
        switch self {
        case .publishedContainer(let id): "Container \(id.prefix(12)) publishes it."
        case .newService: "An installed package or a new unit started it."
        case .boundToEveryAddress: "It is bound to every address, and was meant for this host only."
        case .notDeclaredYet: "It is meant, and the target file does not say so yet."
        case .answeredInFront: "A load balancer, NAT or proxy in front of the host answers."
        case .otherHost: "Another host has the address, or answers for it."
        case .listenerUnseen: "The listener is there, and the host report could not see it."
        case .otherNamespace: "The listener is in another network namespace."
        case .answeredWithoutSocket: "The network stack answers without a socket: eBPF, IPVS."
        case .hiddenListener: "A listener hides."
        case .translatedToLoopback: "A rule translates the packets to loopback."
        case .relayedToLoopback: "A tunnel or relay passes them on: ssh -g, socat, a proxy."
        case .blockedBy(let reporter, let error): "\(reporter) sent \(error)."
        case .serviceStopped: "The service crashed, or was stopped."
        case .serviceNotStarted: "The service was never started, or is not enabled."
        case .otherPort: "The service uses another port."
        case .boundTo(let listener): "The listener is bound elsewhere: \(listener.explanation)."
        case .restarted: "The service was started anew while the scan ran."
        case .rejectedWithReset: "A rule rejects with a reset."
        case .filteredByHost: "The host's own rules filter it."
        case .filteredOnTheWay: "Something on the way filters it: a cloud group, a router."
        case .hostDown: "The host is down, or has lost its network."
        case .everythingFiltered: "Everything that was asked is filtered."
        case .wrongAddress: "The address is wrong."
        case .serviceSilent: "The service does not answer what it does not understand."
        case .errorsLimited:
            "The port is closed, and the host's limit of ICMP errors kept it from saying so."
        case .errorsWithheld: "The port is closed, and the host never says so."
        case .probeFailed(let failure): "The probe failed: \(failure.explanation)."
        case .doubt(let doubt): "It cannot be told who listens: \(doubt.explanation)."
        case .sourceUnknown:
            "The scan does not name one source address for the probes of this family."
        case .rulesOld: "The rules were read at another time than the probes were sent."
        case .otherSource: "The host sees the probes come from another address than was assumed."
        case .stoppedBy(let rule): "A rule stops it: \(rule.placeAndText)."
        case .targetGone: "What the rule sends it to is gone, or is stopped on the way there."
        case .refusalsLimited: "The host sends no more errors than its limit allows."
        case .heldBySomeoneElse(let listeners, let declared):
            "It is declared to be held by "
                + declared.map(\.description).joined(separator: " or ").shortened + ", and "
                + (listeners.isEmpty
                    ? "no listener of the host has it."
                    : "who has it is another: "
                        + listeners.map(\.explanation).joined(separator: "; ") + ".")
        case .holderUnknown: "The host's report does not say who holds it."
        case .unstablePath: "The host or the path is overloaded, or limits how often it answers."
        case .wouldBeStoppedBy(let rule):
            "A rule of the host would stop it too: \(rule.placeAndText)."
        case .nothingAtTarget(let target): "Nothing listens at \(target.explanation)."
        case .wayToTargetClosed(let target):
            "\(target.explanation) listens, so the way there or back is closed: a rule for forwarded "
                + "packets, a route, an answer that is not translated back."
        case .queueFull(let listener):
            "\(listener.queueText) wait for it to accept them, which is all that may: "
                + "\(listener.explanation)."
        case .takesNothing(let listener):
            "The socket only keeps the port, and a filter on it takes nothing in: "
                + "\(listener.explanation)."
        case .notAccepting(let listener):
            "Connections waited to be accepted before the scan and after it: "
                + "\(listener.explanation)."
        case .answersForEveryPort:
            "A SYN proxy, tarpit or captive portal in front of the host answers for every port."
        case .proberBehindProxy: "The prober's own way out goes through a proxy that answers."
        case .keptOutOfLists: "Something keeps the socket out of the host's lists, as rootkits do."
        case .rulesOfOneFamily(let rule):
            "What stops the other family does not see this one"
                + (rule.map { ": \($0.placeAndText)." } ?? ".")
        case .refusalOfOtherFamily(let rule):
            "The rule refuses with an ICMP error of the other family, and does nothing to this one: "
                + "\(rule.placeAndText)."
        case .takesBothFamilies(let listener):
            "One socket takes both families: \(listener.explanation)."
        case .letInBy(let rule): "A rule lets this source in: \(rule.placeAndText)."
        case .stoppedElsewhere(let vantage, let rule):
            "A rule stops it from \(vantage?.explanation ?? "elsewhere"): \(rule.placeAndText)."
        case .inNamespace(let name): "It is in the network namespace \(name.shortened)."
        case .keptByPlaceholder(let listener):
            "It only keeps the port, and the rules carry the packets past it: "
                + "\(listener.explanation)."
        case .chosenForClient(let listener):
            "The kernel chose the port for a client: \(listener.explanation)."
        case .kernel(let holder):
            "The kernel itself holds it: \(holder.kind.rawValue)"
                + (holder.interface.map { " of \($0.shortened)." } ?? ".")
        case .noProcess:
            "No process has it open: it is on its way between two, or with io_uring alone."
        case .reservedPort:
            "The kernel was told to keep it free (`net.ipv4.ip_local_reserved_ports`)."
        case .boundOnly:
            "A socket is bound to it and does not listen, which this kernel does not list."
        case .proberInSet(let name):
            "The prober's address is in the set \(name.shortened) since the scan."
        case .filteredInHost:
            "Something on the host stops it that is no rule of its firewall: `IPAddressDeny` of a "
                + "unit, tc, `ip rule`, `rp_filter`."
        case .stoppedAtDriver:
            "A program of XDP on the host stops it before anything else there sees it."
        case .answerStopped:
            "The answer is stopped on its way back: by rules for what the host sends, another route, "
                + "a firewall that saw one way only."
        case .hadNoRoom(let listener):
            "It had no room for more when the probes came: \(listener.explanation)."
        }
    }
}

extension Action {
    /// What to do, as a sentence.
    public var explanation: String {
        switch self {
        case .identify(let transport, let ports):
            "Find out what has \(Self.text(transport, ports)), as root on the host, and which "
                + "service that is."
        case .stop(let service): "If it is not needed, " + service.stopping
        case .rebind(let service):
            "If it is needed, but not from here, bind \(service.name) to a narrower address."
        case .restrict(let transport, let ports):
            "Otherwise restrict by a firewall rule who may reach "
                + "\(Self.text(transport, ports))."
        case .declare(let transport, let ports):
            "If it is meant, declare it in the target file, before what declares it closed: "
                + "`- open: \(transport.rawValue):\(ports)`."
        case .declareHolder(let listeners):
            "If that is meant, declare it: "
                + (listeners.compactMap(\.holderWord).first.map { "`by: \(YAMLWord.quoted($0))`." }
                    ?? "leave `by:` out, or name who answers.")
        case .start:
            "If the service is needed, start it, and look at its log for why it does not run."
        case .bind(let service, let address):
            "If it is needed from here, bind \(service.name) to \(address) or to every address."
        case .undeclare(let expectation):
            "Otherwise take the declaration back"
                + (expectation.location.map { " (\($0))." } ?? ".")
        case .findWhoAnswers(let endpoint):
            "Find out who answers before changing the host: does `tcpdump` on it see the packets"
                + (endpoint.map { " to \($0)" } ?? "") + " at all?"
        case .removeForwarding(let transport, let ports):
            "Find what forwards \(Self.text(transport, ports)) to loopback and remove it: a NAT "
                + "rule (`nft list ruleset`, and set `net.ipv4.conf.all.route_localnet` to 0), "
                + "`ssh -g`, `socat`, a proxy."
        case .repairAt(let reporter):
            "Look at the rules and routes of \(reporter), which sent the error."
        case .checkFilters(let transport, let ports):
            "Look for \(Self.text(transport, ports)) in the host's own rules, then in those of "
                + "what lies on the way."
        case .askFewer:
            "Ask fewer UDP ports, or let the host say more often that a port is closed: "
                + "`net.ipv4.icmp_ratelimit`, `net.ipv6.icmp.ratelimit` and "
                + "`net.ipv4.icmp_msgs_per_sec` are its limits."
        case .checkHost: "Make sure that the host is up and that it has the address."
        case .scanAgain: "Scan again."
        case .nameSource:
            "Scan again with `--source ADDRESS`, or make a target of its own for each network, so that "
                + "the scan says where its probes come from."
        case .repairHere(let failure): failure.remedy
        case .collectReport:
            "Run `prober host --format json` as root on the host, and reconcile with its report."
        case .completeReport(let doubt): doubt.remedy
        case .repairProgram(let service):
            "Find out why \(service.name) takes no connections: its log, its threads, what it waits "
                + "for. The firewall is not to blame."
        case .askForData:
            "Ask each service for an answer of its own: that a handshake is completed proves nothing "
                + "here."
        case .isolate(let transport, let ports):
            "If nothing explains \(Self.text(transport, ports)), treat the host as taken over: cut it "
                + "off, and look at its memory and disk from outside its own system."
        case .mirrorRule(let rule, let family):
            "Stop \(family == .ipv4 ? "IPv4" : "IPv6") too: put the rule into a table of the family "
                + "inet, or a second one beside it" + (rule.map { " (\($0.placeAndText))." } ?? ".")
        case .declareSource(let transport, let ports):
            "Declare from where it is meant to be open: `- open: \(transport.rawValue):\(ports)` with "
                + "`from:`."
        case .closeForwarding(let transport, let ports):
            "Otherwise close \(Self.text(transport, ports)) where it is published, or by a rule for "
                + "forwarded packets (Docker's chain is DOCKER-USER); rules of the input chain never "
                + "see them."
        case .restoreTarget(let target):
            "If it is needed, make sure that something answers at \(target.explanation)."
        case .removeRule(let rule): "If it is not needed, remove the rule \(rule.placeAndText)."
        case .scanFromElsewhere(let set):
            "Wait until the host forgets the prober"
                + (set.map { " (set \($0.shortened))" } ?? "")
                + ", or scan from a fresh address, more slowly."
        case .findHolder(let transport, let ports):
            "Look for who has \(Self.text(transport, ports)): `prober host --verify` as root, the "
                + "kernel's own links and file systems, descriptors on their way between processes."
        case .checkPath(let transport, let ports):
            "Look for \(Self.text(transport, ports)) in what lies on the way to the host: a load "
                + "balancer, a cloud group, a router."
        case .checkLayers(let transport, let ports):
            "Look for what stops \(Self.text(transport, ports)) on the host and is no rule of its "
                + "firewall."
        case .checkWayBack(let transport, let ports):
            "Look for what stops the answers of \(Self.text(transport, ports)): rules for what the "
                + "host sends, its route back, what lies on that way."
        case .probe: "Probe it, or give the rules and the report that are missing."
        }
    }

    static func text(_ transport: Transport, _ ports: PortSet) -> String {
        "\(transport.rawValue) port\(ports.count == 1 ? "" : "s") \(ports)"
    }
}

extension RuleReference {
    /// Where it stands and what it says, as a phrase.
    var placeAndText: String {
        "\(family.rawValue) \(table) \(chain): \(text.shortened)"
    }
}

extension ForwardTarget {
    /// Where it is and who is there, as a phrase.
    public var explanation: String {
        let place = destination.address.map { address in
            switch address {
            case .v4: "\(address):\(port)"
            case .v6: "[\(address)]:\(port)"
            }
        }
        let end = place ?? "port \(port) of the host"
        return switch self.place {
        case .here(let listeners), .loopback(let listeners):
            end + listeners.prefix(1).map { " (\($0.explanation))" }.joined()
        case .namespace(let namespace, let listeners):
            end + " in the network namespace \(namespace.name.shortened)"
                + listeners.prefix(1).map { " (\($0.explanation))" }.joined()
        case .nothing(let namespace?): end + " in the network namespace \(namespace.name.shortened)"
        case .nothing(nil), .unknown: end
        }
    }
}

extension Vantage {
    /// What it is called and its addresses, as a phrase.
    public var explanation: String {
        let list = addresses.map(\.description).joined(separator: ", ")
        if name == list || name.isEmpty { return list }
        return list.isEmpty ? name.shortened : "\(name.shortened) (\(list))"
    }
}

extension Listener {
    /// How many connections wait.
    fileprivate var queueText: String {
        Int(queue?.waiting ?? 0).counting("connection")
    }
}

extension Action.Service {
    /// What to call it in a sentence.
    var name: String {
        switch self {
        case .unit(let unit): unit.shortened
        case .socketUnit(let listener): listener.socketUnit?.shortened ?? "the socket unit"
        case .userUnit(let unit, let user): "\(unit.shortened) of user \(user)"
        case .userSocketUnit(_, let user): "the socket unit of user \(user)"
        case .superServer(let keeper, let program, _, _):
            "the entry of \(keeper.rawValue)" + (program.map { " for \($0.shortened)" } ?? "")
        case .container(let id): "container \(id.prefix(12))"
        case .published(_, let port): "the container that publishes port \(port)"
        case .kernel(let holder): holder.name
        case .process(let process): "\(process.name.shortened) (pid \(process.pid))"
        case .unknown: "it"
        }
    }

    /// How to stop it, as the end of a sentence.
    fileprivate var stopping: String {
        switch self {
        case .unit, .userUnit:
            return "stop and disable \(name), and its socket unit if it has one."
        case .socketUnit(let listener):
            let service = listener.startedUnit.map { ", \($0.shortened)" } ?? ""
            return "disable \(name), and stop the service that it starts\(service)."
        case .userSocketUnit:
            return "disable \(name), and stop the service that it starts."
        case .superServer: return "remove \(name)."
        case .container, .published: return "stop \(name), or do not publish the port."
        case .kernel: return "take down \(name)."
        case .process(let process):
            let command = process.command.map { ": \($0.shortened)" } ?? ""
            return "stop and disable the service of process \(process.pid), "
                + "\(process.name.shortened)\(command)."
        case .unknown: return "stop and remove the service that has it."
        }
    }
}

extension KernelHolder {
    fileprivate var name: String {
        switch kind {
        case .vxlan, .geneve, .wireguard:
            "the \(kind.rawValue) interface" + (interface.map { " \($0.shortened)" } ?? "")
        case .fou: "the FOU receiver"
        case .nfs: "the NFS server"
        }
    }
}

extension LocalFailure {
    fileprivate var remedy: String {
        switch LocalFailureReason(self) {
        case .noDescriptors: "Raise the limit of open files (`ulimit -n`), and scan again."
        case .noRoute: "Give this machine a route to the address, and scan again."
        case .notPermitted, .rejectedHere:
            "Look at this machine's own rules for outgoing packets, and scan again."
        case .noAddress:
            "See with `ip address` whether this machine has an address of that family at all; if it "
                + "has, its source ports ran out: scan more slowly, or from another address."
        case .noBuffers: "Scan more slowly."
        case .failed: "Look up what the error above means on this machine, and scan again."
        case .selfConnect, .interrupted: "Scan again."
        }
    }
}

extension ListenerView.Doubt {
    fileprivate var remedy: String {
        switch self {
        case .noReport, .listenersMissing:
            "Run `prober host --format json` as root on the host, and reconcile with its report."
        case .dualStackUnknown:
            "Run `prober host` on the host itself: the kernel tells whether the wildcard takes IPv4."
        case .device(let name):
            "Make sure through which interface the packets come in; the socket is bound to \(name)."
        case .addressNotOfHost:
            "Find out what translates the address, and whether it leads to this host and port."
        case .manyAddresses: "Scan again."
        case .hostAddressesUnknown:
            "Give a host report that has the host's addresses."
        case .partial:
            "Give a report in numbers and in full width, such as ss -tulpn, netstat -anW or lsof -nP -i."
        }
    }
}
