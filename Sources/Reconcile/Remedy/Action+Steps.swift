import Prober

extension Action {
    /// How a host of `system` does it for `finding`; empty where the sentence says all there is.
    func steps(on system: HostSystem?, for finding: Finding) -> [Remedy.Step] {
        switch self {
        case .identify(let transport, let ports), .findHolder(let transport, let ports):
            return system?.identifying(transport, ports)
                ?? HostSystem.identifyingAnywhere(transport, ports)
        case .stop(let service): return service.stopping(on: system)
        case .rebind(let service):
            let loopback: IPAddress =
                finding.addresses.family == .ipv4
                ? .v4(0x7f00_0001) : .v6(high: 0, low: 1)
            return service.rebinding(to: loopback, on: system, for: finding)
        case .bind(let service, let address):
            return service.rebinding(to: address, on: system, for: finding)
        case .removeForwarding:
            // IPv6 has no such setting.
            guard system?.isLinux == true, finding.addresses.family == .ipv4 else { return [] }
            return [
                .run(
                    "sysctl -a | grep route_localnet",
                    "1 in `all`, or for the interface, lets rules send it to loopback"),
                .run("sysctl -w net.ipv4.conf.all.route_localnet=0"),
                .run(
                    "sysctl -w net.ipv4.conf.INTERFACE.route_localnet=0",
                    "for each interface where it is 1"),
            ]
        case .findWhoAnswers(let endpoint?):
            guard let system, system != .windows, system != .aix else { return [] }
            let (address, port) = (endpoint.address, endpoint.port)
            return [
                .run("tcpdump -ni any host \(address) and \(endpoint.transport) port \(port)")
            ]
        case .collectReport: return [.run("prober host --format json", "as root on the host")]
        case .checkLayers:
            guard system?.isLinux == true else { return [] }
            return [
                .run("ip rule list", "a rule may send it nowhere, or to another table"),
                .run("nstat -az TcpExtIPReversePathFilter", "rises if rp_filter drops it"),
                .run("tc filter show dev INTERFACE ingress", "for the interface it comes in at"),
                .run("bpftool cgroup tree", "programs that units bring, as for IPAddressDeny"),
            ]
        case .restrict, .declare, .declareHolder, .start, .undeclare, .findWhoAnswers(nil),
            .repairAt, .checkFilters, .askFewer, .checkHost, .scanAgain, .nameSource, .repairHere,
            .completeReport, .repairProgram, .askForData, .isolate, .mirrorRule, .declareSource,
            .closeForwarding, .restoreTarget, .removeRule, .scanFromElsewhere, .checkPath,
            .checkWayBack,
            .probe:
            return []
        }
    }
}

extension Action.Service {
    /// How it is stopped, and kept from starting again, on a host of `system`.
    ///
    /// Units and containers tell by themselves with what they are managed.
    func stopping(on system: HostSystem?) -> [Remedy.Step] {
        switch self {
        case .unit(let unit):
            return [
                .run("systemctl disable --now \(unit)"),
                .run("systemctl list-sockets", "no socket unit may start it again"),
                .run("systemctl mask \(unit)", "if something else starts it"),
            ]
        case .socketUnit(let listener):
            guard let socket = listener.socketUnit else {
                return [
                    .run(
                        "systemctl list-sockets", "names the socket unit of port \(listener.port)"),
                    .run("systemctl disable --now NAME.socket NAME.service"),
                ]
            }
            guard let service = listener.startedUnit else {
                return [
                    .run("systemctl disable --now \(socket)"),
                    .run("systemctl list-sockets", "names the service that it starts"),
                ]
            }
            guard let instances = service.unitInstances else {
                return [.run("systemctl disable --now \(socket) \(service)")]
            }
            return [
                .run("systemctl disable --now \(socket)"),
                .run("systemctl stop \(instances)", "those that it has started"),
            ]
        case .userUnit(let unit, let user):
            return [
                .run("systemctl --user disable --now \(unit)", "as user \(user)"),
                .run("systemctl --user list-sockets", "no socket unit may start it again"),
            ]
        case .userSocketUnit(let listener, let user):
            return [
                .run(
                    "systemctl --user list-sockets",
                    "as user \(user); names the socket unit of port \(listener.port)"),
                .run("systemctl --user disable --now NAME.socket NAME.service"),
            ]
        case .superServer(let keeper, let program, let transport, let port):
            return system?.stopping(keeper, program, transport, port) ?? []
        case .container(let id):
            return [
                .run("docker stop \(id)", "or with what runs it: podman, crictl, the orchestrator"),
                .run("docker update --restart=no \(id)"),
            ]
        case .published(_, let port):
            return [
                .run("docker ps --filter publish=\(port)", "names the container"),
                .run("docker stop NAME"),
            ]
        case .kernel(let holder): return holder.stopping
        case .process(let process): return system?.stopping(process) ?? []
        case .unknown: return []
        }
    }

    /// How it is bound to `address` and started again, on a host of `system`.
    func rebinding(
        to address: IPAddress, on system: HostSystem?, for finding: Finding
    ) -> [Remedy.Step] {
        let port = finding.ports.ranges.first?.lowerBound ?? 0
        let host = address.family == .ipv6 ? "[\(address)]" : "\(address)"
        func settings(_ name: String) -> [Remedy.Step] {
            BindSetting.settings(of: name, finding.transport, port)
                .flatMap { $0.steps(for: address, port: port) }
        }
        switch self {
        case .unit(let unit):
            return settings(unit) + [.run("systemctl restart \(unit)")]
        case .socketUnit(let listener):
            let socket = listener.socketUnit
            let stream = finding.transport == .tcp ? "ListenStream" : "ListenDatagram"
            let edit: HostCommand =
                socket.map { "systemctl edit \($0)" } ?? "systemctl edit NAME.socket"
            let file = "the section [Socket] there"
            var steps: [Remedy.Step] = [
                .run(
                    socket.map { "systemctl cat \($0)" } ?? "systemctl cat NAME.socket",
                    "repeat every other Listen line of it below the empty one"),
                .run(edit),
                .write("\(stream)=", file, "takes away all that it listens to, of every kind"),
                .write("\(stream)=\(host):\(port)", file),
            ]
            // Services for one connection each do not keep the socket from starting again.
            if let service = listener.startedUnit {
                if service.unitInstances == nil { steps.append(.run("systemctl stop \(service)")) }
            } else {
                steps.append(
                    .run(
                        "systemctl stop NAME.service",
                        "the one that it starts, without `Accept=yes`")
                )
            }
            steps.append(
                .run(socket.map { "systemctl restart \($0)" } ?? "systemctl restart NAME.socket"))
            return steps
        case .userUnit(let unit, let user):
            return settings(unit)
                + [.run("systemctl --user restart \(unit)", "as user \(user)")]
        case .userSocketUnit: return []
        case .superServer(.xinetd, _, _, _):
            return [
                .write("bind = \(address)", "its file below /etc/xinetd.d"),
                .run("pkill -HUP -x xinetd"),
            ]
        case .superServer: return []
        case .container(let id):
            return [
                .run("docker port \(id)", "shows what is published"),
                .write(
                    "-p \(host):\(port):INSIDE", "its `docker run`, or `ports` of its compose file",
                    "with the container's port for INSIDE"),
            ]
        case .published(let inner, let port):
            let inside = inner.map { "\($0)" } ?? "INSIDE"
            return [
                .run("docker ps --filter publish=\(port)", "names the container"),
                .write(
                    "-p \(host):\(port):\(inside)",
                    "its `docker run`, or `ports` of its compose file"),
            ]
        case .process(let process):
            let lines = settings(process.name)
            return lines.isEmpty ? [] : lines + (system?.restarting(process) ?? [])
        case .kernel, .unknown: return []
        }
    }
}

extension KernelHolder {
    fileprivate var stopping: [Remedy.Step] {
        switch kind {
        case .vxlan, .geneve, .wireguard: interface.map { [.run("ip link del \($0)")] } ?? []
        case .fou: [.run("ip fou show", "names its port; `ip fou del port PORT` removes it")]
        case .nfs:
            [
                .run("systemctl disable --now nfs-server.service"),
                .run("rpc.nfsd 0", "where systemd does not start it"),
            ]
        }
    }
}

extension String {
    /// The pattern of all instances, where it names a template of services (`name@.service`).
    fileprivate var unitInstances: String? {
        let end = "@.service"
        return hasSuffix(end) ? dropLast(end.count) + "@*.service" : nil
    }
}

extension Listener {
    /// The socket unit that systemd keeps it for.
    var socketUnit: String? {
        let told = activation?.keeper == .systemd ? activation?.unit : nil
        return told ?? unit.flatMap { $0.hasSuffix(".socket") ? $0 : nil }
    }

    /// The service unit that systemd starts for it.
    var startedUnit: String? {
        activation?.keeper == .systemd ? activation?.service : nil
    }
}
