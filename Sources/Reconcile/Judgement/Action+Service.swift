public import Prober

extension Action {
    /// What runs a listener.
    public enum Service: Hashable, Sendable {
        /// A systemd service unit; a socket unit may start it again.
        case unit(String)
        /// A systemd socket unit that PID 1 holds for a service.
        case socketUnit(Listener)
        /// A service or socket unit of a user's own systemd; the user is a number.
        case userUnit(String, user: String)
        /// A socket unit that a user's own systemd holds for a service.
        case userSocketUnit(Listener, user: String)
        /// An entry of inetd or xinetd, with the program that it starts.
        case superServer(Activation.Keeper, program: String?, Transport, UInt16)
        /// A container.
        case container(String)
        /// The port of a container that a proxy of the host passes on, and the container's own.
        case published(inside: UInt16?, UInt16)
        /// A part of the kernel.
        case kernel(KernelHolder)
        /// A process that no unit names.
        case process(ProcessIdentity)
        /// Not known.
        case unknown(Transport, PortSet)

        /// What runs `listener`.
        init(running listener: Listener) {
            if let container = listener.container {
                self = .container(container)
            } else if let holder = listener.kernelHolder {
                self = .kernel(holder)
            } else if let keeper = Self.superServer(of: listener) {
                self = keeper
            } else if let proxy = listener.owners.first(where: { $0.isContainerProxy }) {
                self = .published(inside: proxy.insidePort, listener.port)
            } else if let service = Self.service(of: listener) {
                self = service
            } else if let owner = listener.owners.first {
                self = .process(owner)
            } else if listener.remarks.contains(.published) {
                self = .published(inside: nil, listener.port)
            } else {
                self = .unknown(listener.transport, PortSet(ports: [listener.port]))
            }
        }

        /// The entry of a super-server that `listener` is held for.
        private static func superServer(of listener: Listener) -> Service? {
            let names: [String: Activation.Keeper] = ["inetd": .inetd, "xinetd": .xinetd]
            let told = listener.activation.flatMap { $0.keeper == .systemd ? nil : $0.keeper }
            guard let keeper = told ?? listener.owners.lazy.compactMap({ names[$0.name] }).first
            else { return nil }
            let program = told == nil ? nil : listener.activation?.service
            return .superServer(
                keeper, program: program, listener.transport, listener.port)
        }

        /// The unit that runs `listener`, when that is a service or a socket.
        private static func service(of listener: Listener) -> Service? {
            if listener.activation?.keeper == .systemd, listener.activation?.unit != nil {
                return .socketUnit(listener)
            }
            let path = listener.unit?.split(separator: "/") ?? []
            let unit = path.last.map(String.init) ?? ""
            let isUnit = unit.hasSuffix(".service") || unit.hasSuffix(".socket")
            if let user = path.first.flatMap(user) {
                if path.count > 1 { return isUnit ? .userUnit(unit, user: user) : nil }
                return .userSocketUnit(listener, user: user)
            }
            if unit.hasSuffix(".service") { return .unit(unit) }
            let isActivated = unit.hasSuffix(".socket") || listener.isHeldBySystemd
            return isActivated ? .socketUnit(listener) : nil
        }

        /// The number in `user@1000.service`, the unit that a user's manager is.
        private static func user(_ unit: Substring) -> String? {
            guard unit.hasPrefix("user@"), unit.hasSuffix(".service") else { return nil }
            return String(unit.dropFirst(5).dropLast(8))
        }
    }
}

extension Listener {
    /// Whether the first process holds it and is systemd, which calls itself so, or `init`.
    ///
    /// systemd puts itself into `init.scope`. Elsewhere, as in a container, the first process may be
    /// any service.
    fileprivate var isHeldBySystemd: Bool {
        owners.contains { owner in
            owner.pid == 1
                && (owner.name == "systemd" || owner.name == "init" && unit == "init.scope")
        }
    }
}

extension ProcessIdentity {
    /// Whether it passes the port of a container on.
    fileprivate var isContainerProxy: Bool {
        ["docker-proxy", "rootlessport", "rootlesskit"].contains(name)
    }

    /// The container's port, where the proxy's arguments have it.
    fileprivate var insidePort: UInt16? {
        let words = command?.split(separator: " ") ?? []
        guard let option = words.firstIndex(of: "-container-port"), option + 1 < words.count else {
            return nil
        }
        return UInt16(words[option + 1])
    }
}
