public import Prober

extension Action {
    /// What runs a listener, and how it is stopped.
    public enum Service: Hashable, Sendable {
        /// A systemd service unit; a socket unit may start it again.
        case unit(String)
        /// A systemd socket unit that PID 1 holds for a service.
        case socketUnit(Listener)
        /// A service or socket unit of a user's own systemd; the user is a number.
        case userUnit(String, user: String)
        /// A socket unit that a user's own systemd holds for a service.
        case userSocketUnit(Listener, user: String)
        /// A container.
        case container(String)
        /// A process that no unit names.
        case process(ProcessIdentity)
        /// Not known.
        case unknown(Transport, PortSet)

        /// What runs `listener`.
        init(running listener: Listener) {
            if let container = listener.container {
                self = .container(container)
            } else if let service = Self.service(of: listener) {
                self = service
            } else if let owner = listener.owners.first {
                self = .process(owner)
            } else {
                self = .unknown(listener.transport, PortSet(ports: [listener.port]))
            }
        }

        /// The unit that runs `listener`, when that is a service or a socket.
        private static func service(of listener: Listener) -> Service? {
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
