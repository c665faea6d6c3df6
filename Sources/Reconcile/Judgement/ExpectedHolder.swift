import Prober

/// Who is declared to hold a port: `nginx`, `nginx.service`, `user@1000.service/web.service`,
/// `container:3f2a9c`.
public enum ExpectedHolder: Hashable, Sendable {
    /// A process of this name, or a unit called so without its suffix.
    case name(String)
    /// A systemd unit, with its suffix; one of a user's own manager stands behind the manager's.
    case unit(String)
    /// A container, by the beginning of its id.
    case container(String)

    private static let unitSuffixes = [".service", ".socket", ".scope"]

    /// The holder that `word` names; nil when it names none.
    public init?(_ word: String) {
        let isWord =
            !word.isEmpty && word.count <= 255
            && !word.unicodeScalars.contains { $0.isDeceptive || $0.properties.isWhitespace }
        guard isWord else { return nil }
        if word.hasPrefix("container:") {
            let id = word.dropFirst("container:".count)
            guard !id.isEmpty else { return nil }
            self = .container(String(id))
        } else {
            let isUnit = Self.unitSuffixes.contains { word.hasSuffix($0) && word.count > $0.count }
            self = isUnit ? .unit(word) : .name(word)
        }
    }

    /// What `listener` says to the question whether this holds it; nil when it does not tell.
    func holds(_ listener: Listener) -> Bool? {
        switch self {
        case .container(let id):
            if let container = listener.container { return container.hasPrefix(id) }
            // Who knows the control group's unit would know its container.
            return listener.knownUnits.isEmpty ? nil : false
        case .unit(let unit):
            let units = listener.knownUnits
            return units.isEmpty ? nil : units.contains(unit)
        case .name(let name):
            if listener.knownUnits.contains(where: { Self.base(of: $0) == name }) { return true }
            return isProcess(name, of: listener)
        }
    }

    /// Whether a process called `name` holds `listener`; nil when it does not tell.
    private func isProcess(_ name: String, of listener: Listener) -> Bool? {
        let names = listener.knownHolders
        if names.contains(where: { $0.isProcessName(name) }) {
            return listener.remarks.contains(.ownerUncertain) ? nil : true
        }
        let isUnclear =
            names.isEmpty || listener.remarks.contains(.ownerUncertain)
            || listener.isKeptForSomeone || names.contains { $0.mayBeCut(of: name) }
        return isUnclear ? nil : false
    }

    /// The name of a unit without its suffix, or of a program without its folder.
    private static func base(of unit: String) -> String {
        for suffix in unitSuffixes where unit.hasSuffix(suffix) {
            return String(unit.dropLast(suffix.count))
        }
        return unit
    }
}

extension ExpectedHolder: CustomStringConvertible {
    /// The word that names it.
    public var description: String {
        switch self {
        case .name(let name): name
        case .unit(let unit): unit
        case .container(let id): "container:\(id)"
        }
    }
}

extension Listener {
    /// The word that declares who holds the socket, the most stable one; nil when nobody is known.
    var holderWord: String? {
        let word = knownUnits.first { $0.hasSuffix(".service") } ?? knownHolders.first
        return word.flatMap { ExpectedHolder($0) }?.description
    }

    /// The units that hold the socket, or for which it is held.
    ///
    /// The unit of systemd itself is none: it holds sockets for others. What a user's own manager
    /// started keeps the manager's name in front, for anyone may call a unit of theirs `nginx`.
    fileprivate var knownUnits: [String] {
        let isManager = unit?.split(separator: "/").last == "init.scope"
        let started = activation.map { [$0.unit, $0.service] } ?? []
        return ([isManager ? nil : unit] + started).compactMap { $0 }
    }

    /// The names of who holds the socket, or for whom it is held.
    fileprivate var knownHolders: [String] {
        let started = activation?.service.split(separator: "/").last.map(String.init)
        let names =
            owners.map(\.name)
            + [program, kernelHolder?.kind.rawValue, started]
            .compactMap { $0 }
        return names.filter { !$0.isEmpty }
    }

    /// Whether systemd keeps the socket and nobody says for which service.
    fileprivate var isKeptForSomeone: Bool {
        activation == nil && (unit == "init.scope" || remarks.contains(.socketUnit))
    }
}

extension String {
    /// How many bytes of a process's name Linux keeps.
    private static let keptLength = 15

    /// Whether a process that its host calls this is the one called `name`.
    fileprivate func isProcessName(_ name: String) -> Bool {
        self == name || utf8.count == Self.keptLength && name.utf8.starts(with: utf8)
    }

    /// Whether this may be `name` in a column that was too narrow for it, as lsof's is.
    fileprivate func mayBeCut(of name: String) -> Bool {
        utf8.count >= 8 && name.utf8.starts(with: utf8)
    }
}
